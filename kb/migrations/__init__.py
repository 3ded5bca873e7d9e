"""Schema migrations (Alembic). HEAD is the newest one; a test holds it equal to the scripts."""

HEAD = "0007"
