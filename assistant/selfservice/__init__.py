"""Self-service: what customers get without an agent, and the way to one. No Flask in here."""
