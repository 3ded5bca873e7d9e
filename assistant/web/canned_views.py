"""Canned replies as JSON, with why they may, or may not, be used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from assistant.canned.model import Ground, Offer
from assistant.canned.sounds import initials
from assistant.catalogue import Catalogue
from assistant.web import context, labels, messages
from assistant.web.canned_responses import CannedOut, GroundOut
from assistant.web.former import last_title
from assistant.web.responses import ReasonOut
from kb.clock import spoken_local
from kb.states import State

_OVER = frozenset(
    state.value for state in (State.EXPIRED, State.SUPERSEDED, State.NOT_YET_EFFECTIVE)
)


def canned(catalogue: Catalogue, offer: Offer, *, whole: bool = False) -> CannedOut:
    """One reply; with `whole` its text is told even when it may not be used, for editing it."""
    item, stands = offer.item, offer.standing
    own, revision = item.own, item.revision
    channels = own.draft.channels if own else revision.content.channels if revision else ()
    return {
        "id": item.id,
        "scope": item.scope.value,
        "team": own.draft.team if own else "",
        "short_code": item.short_code,
        "title": item.title,
        "text": item.text if stands.usable or whole else "",
        "lang": item.lang,
        "slots": list(item.holes.slots),
        "params": [{"name": param.name, "label": param.label} for param in item.holes.params],
        "initials": initials(item.title),
        "channels": [channel.value for channel in channels],
        "by": offer.match.by.name.lower(),
        "usable": stands.usable,
        "state": stands.state.value,
        "reasons": list(_reasons(catalogue, offer)),
        "expires_at": context.moment_json(stands.expires_at),
        "rests_on": [
            _ground(catalogue, ground) for ground in stands.grounds if _known(catalogue, ground)
        ],
        "entry_id": revision.entry_id if revision else None,
        "revision": revision.number if revision else None,
        "url": labels.entry_url(item.id, revision.number) if revision else "",
        "uses": {"mine": offer.uses.mine, "all": offer.uses.all},
        "may_edit": offer.may_edit,
        "version": own.version if own else None,
    }


def _known(catalogue: Catalogue, ground: Ground) -> bool:
    return labels.visible_entry(catalogue.entries.get(ground.entry_id))


def _ground(catalogue: Catalogue, ground: Ground) -> GroundOut:
    return {
        "entry_id": ground.entry_id,
        "title": last_title(catalogue, ground.entry_id),
        "revision": ground.revision,
        "was": ground.was or None,
        "usable": ground.carries,
        "until": context.moment_json(ground.until),
        "freshness": labels.freshness(catalogue, ground.entry_id),
        "url": labels.entry_url(ground.entry_id),
    }


def _reasons(catalogue: Catalogue, offer: Offer) -> Iterator[ReasonOut]:
    """The worst first: what ended, what changed, then what the entry itself is labelled with."""
    stands = offer.standing
    if not stands.usable and not stands.grounds:
        yield _ended(stands.state, stands.ended_at)
    for ground in sorted(stands.grounds, key=lambda ground: ground.carries):
        if not ground.carries:
            yield _gone(catalogue, ground)
        elif ground.changed_at and _known(catalogue, ground):
            day = _day(ground.changed_at)
            title = last_title(catalogue, ground.entry_id)
            message = messages.detail("ground_changed", context.lang(), title=title, day=day)
            yield _reason(State.BASIS_CHANGED, message, ground.entry_id, ground.changed_at)
    if offer.item.revision is not None:
        yield from labels.freshness(catalogue, offer.item.id)["reasons"]


def _ended(state: State, at: datetime | None) -> ReasonOut:
    lang = context.lang()
    if at is None:
        return _reason(state, messages.detail("reply_not_in_force", lang), "", None)
    return _reason(state, messages.detail("reply_over", lang, day=_day(at)), "", at)


def _gone(catalogue: Catalogue, ground: Ground) -> ReasonOut:
    lang = context.lang()
    title = last_title(catalogue, ground.entry_id)
    if not title:
        return _reason(State.EXPIRED, messages.detail("ground_hidden", lang), "", None)
    if ground.then:
        message = messages.detail(
            "ground_then", lang, title=title, number=ground.revision, then=ground.then
        )
        return _reason(State.EXPIRED, message, ground.entry_id, None)
    told = [
        reason
        for reason in labels.freshness(catalogue, ground.entry_id)["reasons"]
        if reason["state"] in _OVER
    ]
    why = told[0]["message"] if told else messages.detail("ground_unknown", lang)
    message = messages.detail("ground_gone", lang, title=title, why=why)
    found = _reason(State.EXPIRED, message, ground.entry_id, None)
    found["at"] = told[0]["at"] if told else None
    return found


def _reason(state: State, message: str, ref: str, at: datetime | None) -> ReasonOut:
    return {
        "state": state.value,
        "message": message,
        "refs": [ref] if ref else [],
        "at": context.moment_json(at),
    }


def _day(moment: datetime) -> str:
    return spoken_local(moment, context.services().settings.site_tz)
