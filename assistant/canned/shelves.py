"""Shelves kept between requests: making one of thousands is too slow for each keystroke."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.accounts.roles import Principal
from assistant.canned import company
from assistant.canned.holes import holes
from assistant.canned.model import Item, OwnReply
from assistant.canned.shelf import Shelf
from assistant.catalogue import Catalogue
from kb.model import Channel

_KEPT_COMPANY = 24  # roles by channels, and some dates
_KEPT_OWN = 256  # people at work
_KEPT_ITEMS = 16_384


@dataclass(frozen=True, slots=True)
class CompanyShelf:
    """The company's replies in force over ``[since, until)``, and by code those that are not."""

    catalogue: Catalogue
    shelf: Shelf
    over: Mapping[str, Item]
    since: datetime
    until: datetime | None

    def holds(self, catalogue: Catalogue, moment: datetime) -> bool:
        """Whether it was made from this picture and for this moment."""
        same = self.catalogue is catalogue
        return same and self.since <= moment and (self.until is None or moment < self.until)


class Shelves:
    """Shelves by reader, channel and date; made anew when the catalogue or what holds changed."""

    def __init__(self) -> None:
        self._company: OrderedDict[Any, CompanyShelf] = OrderedDict()
        self._own: OrderedDict[Any, Shelf] = OrderedDict()
        self._items: OrderedDict[Any, Item] = OrderedDict()
        self._lock = threading.Lock()

    def company(
        self,
        catalogue: Catalogue,
        principal: Principal,
        channel: Channel | None,
        moment: datetime,
        *,
        dated: bool,
    ) -> CompanyShelf:
        """The company's replies for a reader at a moment; `dated` when it is not just now."""
        key = (principal.role, channel, moment if dated else None)
        with self._lock:
            known = self._company.get(key)
        if known and known.holds(catalogue, moment):
            return known
        found, over = company.items(catalogue, principal, channel, moment)
        # A catalogue is renewed each minute; mostly the replies in it are still the same.
        same = known is not None and known.shelf.items == tuple(found)
        shelf = known.shelf if known and same else Shelf(found)
        made = CompanyShelf(catalogue, shelf, over, moment, company.next_edge(catalogue, moment))
        self._keep(self._company, key, made, _KEPT_COMPANY)
        return made

    def items(
        self,
        wanted: Sequence[tuple[str, int]],
        load: Callable[[Sequence[str]], Sequence[OwnReply]],
    ) -> list[Item]:
        """Private and team replies by id and version; `load` reads those not read before."""
        with self._lock:
            known = {key: self._items[key] for key in wanted if key in self._items}
        missing = [key[0] for key in wanted if key not in known]
        for own in load(missing) if missing else ():
            known[own.id, own.version] = made = own_item(own)
            self._keep(self._items, (own.id, own.version), made, _KEPT_ITEMS)
        return [known[key] for key in sorted(known)]

    def own(self, person: str, items: Sequence[Item]) -> Shelf:
        """A shelf of private and team replies."""
        key = (person, tuple((i.id, i.own.version) for i in items if i.own))
        with self._lock:
            known = self._own.get(key)
        if known:
            return known
        made = Shelf(items)
        self._keep(self._own, key, made, _KEPT_OWN)
        return made

    def _keep(self, shelves: OrderedDict[Any, Any], key: object, made: object, most: int) -> None:
        with self._lock:
            shelves[key] = made
            shelves.move_to_end(key)
            while len(shelves) > most:
                shelves.popitem(last=False)


def own_item(own: OwnReply) -> Item:
    """A private or team reply as the search sees it."""
    draft = own.draft
    return Item(
        id=own.id,
        scope=draft.scope,
        short_code=draft.short_code,
        title=draft.title,
        text=draft.text,
        holes=holes(draft.text, draft.params),
        own=own,
    )
