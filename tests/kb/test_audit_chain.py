"""Tampering with the audit log shows, even by somebody who removes the database's guards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from kb import store
from kb.knowledge import KnowledgeBase


@pytest.fixture
def tampered(
    open_kb: Callable[[str], KnowledgeBase], content: Callable[..., object]
) -> Callable[[str], tuple[str, ...]]:
    """Runs a statement past the guards and gives what verification finds."""

    def run(statement: str) -> tuple[str, ...]:
        kb = open_kb("tampered")
        kb.create("rule", content(), "林编辑")  # type: ignore[arg-type]
        kb.submit("rule", 1, "林编辑")
        kb.approve("rule", 1, "周审核")
        with store.write(kb.engine) as connection:
            for trigger in ("audit_no_update", "audit_no_delete"):
                connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
            connection.execute(sa.text(statement))
        return kb.verify_audit().problems

    return run


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit SET actor = '何审核' WHERE seq = 2", "row 2 was altered"),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 1", "row 1"),
        ("UPDATE audit SET detail = '{}' WHERE seq = 1", "row 1 was altered"),
        ("DELETE FROM audit WHERE seq = 2", "row 2 is missing"),
        ("DELETE FROM audit WHERE seq = 3", "should end with row 3"),
        ("DELETE FROM audit", "should end with row 3"),
    ],
)
def test_tampering_is_found(
    tampered: Callable[[str], tuple[str, ...]], statement: str, finding: str
) -> None:
    assert any(finding in problem for problem in tampered(statement))


def test_altered_content_is_found(
    open_kb: Callable[[str], KnowledgeBase], content: Callable[..., object]
) -> None:
    kb = open_kb("altered")
    kb.create("rule", content(), "林编辑")  # type: ignore[arg-type]
    with store.write(kb.engine) as connection:
        connection.execute(sa.text("DROP TRIGGER revision_fixed"))
        connection.execute(sa.text("UPDATE revision SET content = replace(content, '10', '99')"))
    assert kb.verify_contents() == ["rule r1: the content does not match its hash"]
