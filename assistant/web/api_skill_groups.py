"""API: the skill groups that a contact can be handed over to."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.accounts.policy import Action
from assistant.web import context
from assistant.web.requests import NoQuery
from assistant.web.routing import Routes

routes = Routes()


class SkillGroupOut(TypedDict):
    """A group: its name, by which contacts are handed over, and what the reader calls it."""

    name: str
    label: str


class SkillGroupsOut(TypedDict):
    """All groups that the site's tables name."""

    groups: list[SkillGroupOut]


@routes.get("/skill-groups", Action.CONTACTS_USE, query=NoQuery, returns=SkillGroupsOut)
def list_skill_groups(query: NoQuery) -> SkillGroupsOut:
    """List the skill groups, each with its name in the reader's language."""
    risk, lang = context.services().risk, context.lang()
    return {
        "groups": [
            {"name": group, "label": risk.group_label(group, lang)} for group in risk.skill_groups
        ]
    }
