"""One error tree. Each error names the thing, the place and the way out."""

from __future__ import annotations

from dataclasses import dataclass


class ZhikeError(Exception):
    """Base of every error the product raises on purpose."""


class NotFound(ZhikeError):
    """No such entry, revision, person, token or generation."""


class Conflict(ZhikeError):
    """A compare-and-swap lost: somebody changed the entry since it was read.

    `current_version` is the entry's version now; `diff` a unified diff from the current newest
    revision to what was sent (empty when no text was involved).
    """

    def __init__(self, message: str, current_version: int, diff: str = "") -> None:
        super().__init__(message)
        self.current_version = current_version
        self.diff = diff


class NotAllowed(ZhikeError):
    """The rules forbid this step: wrong status, own approval, stale approval, missing role."""


class StorageFull(ZhikeError):
    """The disk took no more; nothing was changed."""


class StorageBusy(ZhikeError):
    """Another writer held the database for too long; nothing was changed, trying again may help."""


class Unavailable(ZhikeError):
    """A service that the settings name did not answer usefully; the message says which."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect of an input: where (file or source name, 1-based line, field) and what to do."""

    source: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        parts = (place, self.field, self.message)
        return ": ".join(part for part in parts if part)


class InvalidInput(ZhikeError):
    """Input was refused; `problems` lists every defect found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems
