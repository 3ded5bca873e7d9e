"""Canned replies as the rest of the product sees them: search, write, delete, count uses.

Exact short code first, then codes that begin so, then titles that sound or read so, then what is
meant; within a step what was used most comes first. A reply whose grounds fell away is never
offered as current: it stands behind all others, or in front where its very code was typed, and
says why.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Engine

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.canned import checks
from assistant.canned.closeness import Closeness
from assistant.canned.model import (
    Asked,
    Draft,
    Found,
    Item,
    Match,
    Members,
    Offer,
    OwnReply,
    Scope,
    Uses,
)
from assistant.canned.shelf import Shelf, bucket
from assistant.canned.shelves import Shelves, own_item
from assistant.canned.sounds import letters
from assistant.canned.standing import standing
from assistant.canned.store import CannedStore
from assistant.catalogue import Catalogue, CatalogueKeeper
from assistant.insights.masking import mask
from indexer.encoder import Encoder
from indexer.search import SearchRequest, SearchResponse
from kb.clock import Clock
from kb.errors import InvalidInput, NotAllowed, NotFound, Problem
from kb.model import Channel, Kind
from kb.validation import line_problem

SHORTEST_MEANING = 2  # characters; fewer mean nothing
LEAST_CONFIDENCE = 0.15
MOST_MEMBERS = 1_000
_SCOPES = list(Scope)
_LONGEST_MEANT = 200


class CannedReplies:
    """Everybody's canned replies.

    Args:
        engine: The knowledge base's database.
        clock: What "now" is.
        catalogue: The picture that the company's replies and all grounds are read from.
        search: The product's search.
        encoder: Tells how close private and team replies are in meaning; None: by words only.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        catalogue: CatalogueKeeper,
        search: Callable[[SearchRequest], SearchResponse],
        encoder: Encoder | None = None,
    ) -> None:
        self._store = CannedStore(engine)
        self._clock = clock
        self._catalogue = catalogue
        self._search = search
        self._closeness = Closeness(encoder) if encoder else None
        self._shelves = Shelves()

    def find(self, asked: Asked, principal: Principal) -> list[Offer]:
        """What to show for the words typed after `/`, best first; at most `asked.limit`."""
        now = self._clock()
        catalogue = self._catalogue.current()
        company = self._shelves.company(
            catalogue, principal, asked.channel, asked.as_of or now, dated=bool(asked.as_of)
        )
        mine = self._shelves.own(principal.name, self._own_items(principal, asked.channel))
        found = self._matches(asked, principal, company.shelf, mine)
        items = {item.id: item for shelf in (company.shelf, mine) for item in shelf.items}
        over = company.over.get(asked.query.strip().lower())
        if over:
            found[over.id], items[over.id] = Match(Found.CODE), over
        if asked.scope:
            found = {i: match for i, match in found.items() if items[i].scope is asked.scope}
        uses = self._store.uses(principal.name, found)
        ranked = sorted(found, key=lambda i: _rank(items[i], found[i], uses.get(i, Uses())))
        offers = (
            Offer(
                items[reply_id],
                found[reply_id],
                standing(items[reply_id], catalogue, now, asked.as_of),
                uses.get(reply_id, Uses()),
                _may_edit(items[reply_id].own, principal),
            )
            for reply_id in ranked
        )
        return _usable_first(offers, asked.limit)

    def warm_up(self) -> None:
        """Make what a first search would wait for: shelves, readings of titles, the encoder."""
        catalogue, now = self._catalogue.current(), self._clock()
        reader = Principal(PrincipalKind.SYSTEM, "", "", Role.AGENT)
        for channel in Channel:
            self._shelves.company(catalogue, reader, channel, now, dated=False)
        if self._closeness:
            self._closeness.warm_up()

    def read(self, reply_id: str, principal: Principal) -> Offer:
        """One private or team reply; NotFound when there is none that the caller may see."""
        own = self._visible(reply_id, principal)
        catalogue, now = self._catalogue.current(), self._clock()
        return self._offer(own, catalogue, now, principal)

    def visible(self, principal: Principal) -> list[OwnReply]:
        """Every private and team reply that `principal` may see, by id."""
        wanted = self._store.visible(
            principal.name, all_teams=authorise(principal, Action.CANNED_TEAM)
        )
        found = self._store.several([reply_id for reply_id, _ in wanted])
        return sorted(found, key=lambda reply: reply.id)

    def write(self, draft: Draft, principal: Principal) -> Offer:
        """A new private or team reply.

        Personal data in its words is masked. Raises InvalidInput naming every defect, NotAllowed
        for a team's reply by somebody who may not write those.
        """
        now = self._clock()
        own = OwnReply(
            id=f"own-{secrets.token_hex(8)}",
            owner=principal.name,
            draft=self._checked(draft, principal),
            version=1,
            created_at=now,
            updated_at=now,
            updated_by=principal.name,
        )
        self._expect_free_code(own)
        if not self._store.add(own, checks.MOST_EACH):
            message = f"there are {checks.MOST_EACH} replies already; delete some first"
            raise InvalidInput([Problem("", 0, "scope", message)])
        return self._offer(own, self._catalogue.current(), now, principal)

    def rewrite(
        self,
        reply_id: str,
        draft: Draft,
        principal: Principal,
        expected_version: int | None = None,
    ) -> Offer:
        """A changed reply: whoever saves it has checked it against its grounds as they are now.

        Raises NotFound, NotAllowed, InvalidInput; Conflict when it is at another version.
        """
        before = self._visible(reply_id, principal)
        _expect_writer(before.draft, principal)
        now = self._clock()
        changed = replace(
            before,
            draft=self._checked(draft, principal),
            updated_at=now,
            updated_by=principal.name,
        )
        self._expect_free_code(changed)
        stored = self._store.replace(changed, expected_version)
        return self._offer(stored, self._catalogue.current(), now, principal)

    def delete(
        self, reply_id: str, principal: Principal, expected_version: int | None = None
    ) -> None:
        """Delete a private or team reply. Raises NotFound, NotAllowed, Conflict."""
        _expect_writer(self._visible(reply_id, principal).draft, principal)
        self._store.remove(reply_id, expected_version)

    def count_use(self, reply_id: str, principal: Principal) -> tuple[str, int] | None:
        """Count that a reply was inserted; for a company's: which entry and revision that was.

        Raises NotFound for a reply that the caller may not see.
        """
        catalogue, now = self._catalogue.current(), self._clock()
        entry = catalogue.entries.get(reply_id)
        if entry is None or entry.kind is not Kind.REPLY:
            self._visible(reply_id, principal)
            self._store.count_use(principal.name, reply_id, now)
            return None
        revision = catalogue.in_force(reply_id, now)
        if revision is None or not authorise(principal, Action.ENTRIES_READ, revision):
            raise NotFound(reply_id)
        self._store.count_use(principal.name, reply_id, now)
        return reply_id, revision.number

    def teams(self) -> Members:
        """All teams with their members."""
        return self._store.teams()

    def set_team(self, team: str, members: Sequence[str]) -> Members:
        """Make a team consist of exactly these people, by name; of nobody: dissolve it.

        Raises InvalidInput for names that are none.
        """
        unique = tuple(dict.fromkeys(members))
        named = [("team", team), *(("members", name) for name in unique)]
        problems = [
            Problem("", 0, field, message)
            for field, name in named
            if (message := _name_problem(name))
        ]
        if len(unique) > MOST_MEMBERS:
            problems.append(Problem("", 0, "members", f"has more than {MOST_MEMBERS} names"))
        if problems:
            raise InvalidInput(problems)
        self._store.set_team(team, unique)
        return self._store.teams()

    # how replies are found

    def _matches(
        self, asked: Asked, principal: Principal, ours: Shelf, mine: Shelf
    ) -> dict[str, Match]:
        query = asked.query.strip()
        if not query:
            return {item.id: Match(Found.ANY) for item in (*ours.items, *mine.items)}
        found = {**ours.match(query), **mine.match(query)}
        if len(query) >= SHORTEST_MEANING and _worth_asking(query, found, asked.limit):
            for reply_id, sure in self._meant(query, asked, principal, ours, mine).items():
                meant = Match(Found.MEANING, bucket(sure))
                known = found.get(reply_id)
                if known is None or meant < known:
                    found[reply_id] = meant
        return found

    def _meant(
        self, query: str, asked: Asked, principal: Principal, ours: Shelf, mine: Shelf
    ) -> dict[str, float]:
        response = self._search(
            SearchRequest(
                query=query[:_LONGEST_MEANT],
                limit=asked.limit,
                as_of=asked.as_of,
                audiences=principal.audiences,
                kinds=frozenset({Kind.REPLY}),
                channel=asked.channel,
            )
        )
        # The index may lag behind for a moment: what is not in force is not on the shelf.
        found = {
            hit.entry_id: hit.confidence
            for hit in response.hits
            if hit.confidence >= LEAST_CONFIDENCE and hit.entry_id in ours.places
        }
        if self._closeness:
            near = self._closeness.sureness(query, mine.items)
            found |= {
                item.id: sure
                for item, sure in zip(mine.items, near, strict=True)
                if sure >= LEAST_CONFIDENCE
            }
        return found

    def _own_items(self, principal: Principal, channel: Channel | None) -> list[Item]:
        all_teams = authorise(principal, Action.CANNED_TEAM)
        wanted = self._store.visible(principal.name, all_teams=all_teams)
        return [
            item
            for item in self._shelves.items(wanted, self._store.several)
            if item.own and _fits(item.own, channel)
        ]

    # how replies are written

    def _visible(self, reply_id: str, principal: Principal) -> OwnReply:
        own = self._store.get(reply_id)
        if own.draft.scope is Scope.PRIVATE:
            seen = own.owner == principal.name
        else:
            seen = (
                not own.draft.team
                or authorise(principal, Action.CANNED_TEAM)
                or principal.name in self._store.teams().get(own.draft.team, ())
            )
        if not seen:
            raise NotFound(reply_id)
        return own

    def _checked(self, draft: Draft, principal: Principal) -> Draft:
        _expect_writer(draft, principal)
        masked = replace(
            draft,
            title=mask(draft.title.strip()),
            text=mask(draft.text.replace("\r\n", "\n").strip("\n")),
            short_code=draft.short_code.strip().lower(),
        )
        problems = checks.problems(masked)
        entries = self._catalogue.current(own_write=True).entries
        for entry_id in masked.rests_on:
            entry = entries.get(entry_id)
            if entry is None or not authorise(principal, Action.ENTRIES_READ, entry):
                problems.append(Problem("", 0, "rests_on", f"there is no entry {entry_id!r}"))
        if masked.team and masked.scope is Scope.TEAM and masked.team not in self._store.teams():
            problems.append(Problem("", 0, "team", f"there is no team {masked.team!r}"))
        if problems:
            raise InvalidInput(problems)
        return masked

    def _expect_free_code(self, own: OwnReply) -> None:
        code = own.draft.short_code
        if code and self._store.code_holder(own):
            message = f"{code!r} already belongs to another of these replies"
            raise InvalidInput([Problem("", 0, "short_code", message)])

    def _offer(
        self, own: OwnReply, catalogue: Catalogue, now: datetime, principal: Principal
    ) -> Offer:
        item = own_item(own)
        uses: Mapping[str, Uses] = self._store.uses(principal.name, [own.id])
        return Offer(
            item,
            Match(Found.ANY),
            standing(item, catalogue, now, None),
            uses.get(own.id, Uses()),
            _may_edit(own, principal),
        )


def _rank(item: Item, match: Match, uses: Uses) -> tuple[object, ...]:
    scope = _SCOPES.index(item.scope)
    return (match.by, match.bucket, -uses.mine, -uses.all, scope, item.title, item.id)


def _fits(own: OwnReply, channel: Channel | None) -> bool:
    return not channel or not own.draft.channels or channel in own.draft.channels


def _usable_first(offers: Iterable[Offer], limit: int) -> list[Offer]:
    """The first usable ones; others behind them, but in front those whose code was typed."""
    typed: list[Offer] = []
    usable: list[Offer] = []
    others: list[Offer] = []
    for offer in offers:
        if offer.standing.usable:
            usable.append(offer)
        else:
            (typed if offer.match.by is Found.CODE else others).append(offer)
        if len(typed) + len(usable) >= limit:
            break
    return [*typed, *usable, *others][:limit]


def _worth_asking(query: str, found: Mapping[str, Match], limit: int) -> bool:
    """Whether a search by meaning could still add something worth showing.

    Letters that begin codes or titles were meant as such, and what is meant ranks behind titles.
    """
    better = [match for match in found.values() if match.by < Found.MEANING]
    if letters(query) and any(match.by <= Found.SOUND for match in better):
        return False
    return len(better) < limit


def _may_edit(own: OwnReply | None, principal: Principal) -> bool:
    if own is None:
        return False
    if own.draft.scope is Scope.PRIVATE:
        return own.owner == principal.name
    return authorise(principal, Action.CANNED_TEAM)


def _expect_writer(draft: Draft, principal: Principal) -> None:
    if draft.scope is Scope.TEAM and not authorise(principal, Action.CANNED_TEAM):
        raise NotAllowed("a team's replies are written by reviewers and administrators")


def _name_problem(name: str) -> str:
    return line_problem(name) or ("" if name.strip() else "is empty")
