"""Words that stand nowhere but where no customer may look, and a search for them in answers.

A marker is a made-up word, Latin or Chinese, that no text holds by chance. `plant` writes one into
every field of everything that is kept from the public; `seen_in` finds markers, and parts of them,
in the bytes of an answer however they are escaped.
"""

from __future__ import annotations

import base64
import html
import json
import os
import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy.engine import Engine

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.canned.model import Draft, Scope
from assistant.contacts.model import NewContact, NewMessage, Speaker
from assistant.impact.model import Question
from assistant.impact.questions import Wanted
from assistant.insights.insights import Feedback, FeedbackKind
from assistant.selfservice.sites import SiteChanges
from assistant.web.app import create_app
from assistant.wiring import Services, build_services
from indexer.build import Indexer
from indexer.encoder import load_encoder
from kb.exchange import apply_import, plan_import
from kb.images import ImageStore
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Channel, Content, Kind, Slot, Stewardship
from kb.settings import Settings
from kb.store import open_engine, upgrade
from tests.kb.test_images import a_png

CONTENT = Path(__file__).parents[3] / "content"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
KEY = b"one key for every world: their signs must be the same"
_LATIN, _HAN = "qzxjvk", "靐"  # no random token holds the first one
_HAN_SIGNS = "".join(map(chr, range(0x9F00, 0x9FA0)))
_MARKER = re.compile(f"{_LATIN}[a-z]*|{_HAN}[\u9f00-\u9f9f]+")
_NOT_PUBLIC = re.compile(rb"^audience: (?:agent|internal)\s*$", re.MULTILINE)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TABLE = "| 项 | 值 |\n| --- | --- |\n| 甲 | {} |"


class Clock:
    """The same moment until told otherwise."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Markers:
    """Makes markers and remembers them all. The same `seed` makes the same ones."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self.all: list[str] = []

    def latin(self) -> str:
        """A Latin word; may stand in ids, codes and addresses."""
        return self._kept(_LATIN + "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz", k=7)))

    def han(self) -> str:
        """A Chinese word."""
        return self._kept(_HAN + "".join(self._random.choices(_HAN_SIGNS, k=5)))

    def both(self) -> str:
        """One of each, for a text."""
        return f"{self.han()} {self.latin()}"

    def _kept(self, marker: str) -> str:
        self.all.append(marker)
        return marker


def markers_in(text: str) -> set[str]:
    """Markers, and whatever begins like one, in a text."""
    return set(_MARKER.findall(text.lower()))


def said_in(text: str) -> set[str]:
    """Markers in what somebody says, as it is and as a search reads it."""
    return markers_in(text) | markers_in(unicodedata.normalize("NFKC", text))


def seen_in(data: bytes) -> set[str]:
    """Markers in the bytes of an answer, whatever they are escaped as."""
    plain = data.decode("utf-8", "replace")
    found = markers_in(plain)
    if "%" in plain:
        found |= markers_in(unquote(plain))
    if "\\u" in plain:
        found |= markers_in(_unescaped(plain))
    if "<" in plain or "&" in plain:
        found |= markers_in(html.unescape(plain)) | markers_in(_untagged(plain))
    return found


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _untagged(text: str) -> str:
    """As it is read: highlighting cuts words into elements."""
    return re.sub(r"</?(?:mark|em|strong|b|i|span|code)\b[^>]*>", "", html.unescape(text))


@dataclass
class World:
    """An installation with its own database and index, the public texts, and what is hidden.

    `hidden` are ids of entries that the public may not know of; `pictures` the name of a public
    picture and of one that only an internal entry shows.
    """

    folder: Path
    engine: Engine
    services: Services
    app: Flask
    clock: Clock
    markers: Markers
    open_site: str = ""
    closed_site: str = ""
    hidden: list[str] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)

    @property
    def index(self) -> Path:
        """The folder of both indexes."""
        return self.folder / "index"

    def close(self) -> None:
        """Let go of the databases."""
        self.services.kb.engine.dispose()
        self.engine.dispose()


def build_world(folder: Path, *, hidden: bool) -> World:
    """The product's content, public plants, and with `hidden` everything that must not be seen.

    Two worlds differ in nothing that is public: their public answers must be the same.
    """
    folder.mkdir(parents=True)
    (folder / "signing.key").write_bytes(KEY)
    many = 1_000_000
    settings = Settings(
        data=folder,
        database_url=f"sqlite:///{folder / 'zhike.db'}",
        site_tz=ZONE,
        widget_per_visit=many,
        widget_per_address=many,
        widget_per_site=many,
        check_links="",
    )
    engine = open_engine(settings)
    upgrade(engine)
    clock, markers = Clock(), Markers()
    kb = KnowledgeBase(engine, clock, ZONE)
    files = {path.name: path.read_bytes() for path in sorted(CONTENT.rglob("*.md"))}
    if not hidden:
        files = {name: data for name, data in files.items() if not _NOT_PUBLIC.search(data)}
    plan = plan_import(files, kb)
    assert not plan.problems
    apply_import(plan, kb, "导入")
    pictures = _pictures(folder, hidden=hidden)
    _plant_public(kb, clock, markers, pictures)
    found = _plant_entries(kb, clock, markers, pictures) if hidden else []
    Indexer(kb, load_encoder(settings), folder / "index").build()
    services = build_services(settings, clock)
    world = World(
        folder, engine, services, create_app(services, testing=True), clock, markers,
        hidden=found, pictures=pictures,
    )  # fmt: skip
    sites = services.selfservice.sites
    world.open_site = sites.add(SiteChanges(name="商城", origins=(OPEN_ORIGIN,), title="客服")).id
    world.closed_site = sites.add(
        SiteChanges(name="夜间", origins=(CLOSED_ORIGIN,), hours="Mon-Fri 01:00-02:00")
    ).id
    if hidden:
        _plant_desk(world)
    return world


OPEN_ORIGIN, CLOSED_ORIGIN = "https://shop.example.com", "https://night.example.com"
EVERY_KIND = tuple(Kind)
PEOPLE = ("林编辑", "周审核")


def _pictures(folder: Path, *, hidden: bool) -> dict[str, str]:
    store = ImageStore(folder / "images")
    names = {"public": store.put(a_png(2, 3))}
    if hidden:
        names["hidden"] = store.put(a_png(5, 7))
    for path in store.folder.iterdir():  # when they came is told by their addresses' headers
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return names


def _body(kind: Kind, mark: Callable[[], str], link: str = "return-7-days") -> str:
    """A body of a kind in which every construct holds a marker."""
    parts = (
        f"规则写在这里：{mark()}，三天内办理。",
        f"- 第一条 {mark()}\n- 第二条 **{mark()}**",
        _TABLE.format(mark()),
        f"见[{mark()}](kb:{link})，`{mark()}`。\n\n> {mark()}",
    )
    if kind is Kind.CASE:
        names = ("场景", "原因", "处理", "政策依据", "结果")
        shown = [*parts, f"结果 {mark()}"]
        return "\n\n".join(f"## {name}\n\n{text}" for name, text in zip(names, shown, strict=True))
    if kind is Kind.REPLY:
        return f"## chat\n\n您好，{mark()}，请您放心，我们会处理。"
    return f"## 规则 {mark()}\n\n" + "\n\n".join(parts)


def _content(kind: Kind, markers: Markers, audience: Audience, title: str) -> Content:
    """A revision of which every field holds a marker."""
    own = markers.both
    more: dict[str, object] = {}
    if kind is Kind.REPLY:
        more = {
            "short_code": markers.latin(),
            "slots": (Slot(markers.latin(), own()),),
        }
    return Content(
        kind=kind,
        title=f"{title} {own()}",
        body=_body(kind, own),
        audience=audience,
        products=(markers.latin(),),
        tags=("退货", markers.han(), markers.latin()),
        questions=(f"七天能退吗 {own()}", f"退款多久到账 {own()}"),
        counter=(f"换货怎么办 {own()}",) if kind is Kind.FAQ else (),
        depends_on=(markers.latin(),),
        supersedes=(markers.latin(),),
        **more,  # type: ignore[arg-type]
    )


def publish(
    kb: KnowledgeBase, entry_id: str, content: Content, people: tuple[str, str], owner: str = ""
) -> int:
    """Take content through the whole lifecycle; the number of the published revision."""
    number = _draft(kb, entry_id, content, people[0], owner)
    kb.submit(entry_id, number, people[0])
    kb.approve(entry_id, number, people[1])
    kb.publish(entry_id, number, people[1])
    return number


def _draft(kb: KnowledgeBase, entry_id: str, content: Content, author: str, owner: str = "") -> int:
    known = next((entry for entry in kb.snapshot() if entry.id == entry_id), None)
    if known is None:
        entry = kb.create(entry_id, content, author, Stewardship(owner=owner, review_every=90))
    else:
        entry = kb.edit(entry_id, content, author, known.version)
    return entry.revisions[-1].number


RULE = Content(
    kind=Kind.FAQ,
    title="礼品卡怎么用？",
    body="## 使用\n\n礼品卡购买后三年内有效，不能兑换现金。",
    tags=("礼品卡",),
    questions=("礼品卡能用多久", "礼品卡可以换钱吗"),
)
PLANTED_PUBLIC = ("gift-card-rule", "gift-card-other", "gift-card-later", "gift-card-over")


def _plant_public(
    kb: KnowledgeBase, clock: Clock, markers: Markers, pictures: Mapping[str, str]
) -> None:
    """Public articles with fields and revisions that are not public.

    Nothing of these reaches anybody, though the entry is public: questions it must not answer,
    people, what it rests on, links to what is not public; revisions that are over or to come.
    """
    owner, people = markers.both(), (markers.both(), markers.both())
    linked = replace(
        RULE,
        body=f"{RULE.body}\n\n见[审批表](kb:{markers.latin()})和[规定](kb:{markers.latin()}#权限)。"
        f"\n\n![卡面](image:{pictures['public']})",
        counter=(f"礼品卡丢了怎么办 {markers.both()}",),
        depends_on=(markers.latin(), "return-7-days"),
        supersedes=(markers.latin(),),
    )
    publish(kb, "gift-card-rule", linked, people, owner)
    past = replace(_content(Kind.FAQ, markers, Audience.CUSTOMER, "礼品卡旧规则"),
                   supersedes=(), effective_from=NOW - timedelta(days=300),
                   effective_until=NOW - timedelta(days=100))  # fmt: skip
    publish(kb, "gift-card-over", past, people, owner)
    coming = replace(_content(Kind.FAQ, markers, Audience.CUSTOMER, "礼品卡新规则"),
                     supersedes=(), effective_from=NOW + timedelta(days=40))  # fmt: skip
    publish(kb, "gift-card-later", coming, people, owner)
    publish(kb, "gift-card-other", replace(RULE, title="礼品卡退款", tags=("礼品卡",)), PEOPLE)
    again = replace(coming, title=f"礼品卡退款 {markers.both()}")
    publish(kb, "gift-card-other", again, people, owner)
    gone = publish(kb, "gift-card-gone", _content(Kind.FAQ, markers, Audience.CUSTOMER, "礼品卡"),
                   people, owner)  # fmt: skip
    kb.withdraw("gift-card-gone", gone, people[1])
    for kind in (Kind.CASE, Kind.REPLY):  # whoever they are written for: no articles
        content = replace(_content(kind, markers, Audience.CUSTOMER, "礼品卡"), supersedes=())
        publish(kb, f"gift-card-{kind}", content, people, owner)


def _plant_entries(
    kb: KnowledgeBase, clock: Clock, markers: Markers, pictures: Mapping[str, str]
) -> list[str]:
    """Entries for staff in every kind, and revisions of every status; their ids."""
    found: list[str] = []
    for audience in (Audience.INTERNAL, Audience.AGENT):
        for kind in EVERY_KIND:
            entry_id = markers.latin()
            content = _content(kind, markers, audience, "七天无理由退货 内部口径")
            if kind is not Kind.REPLY:
                body = f"{content.body}\n\n![{markers.both()}](image:{pictures['hidden']})"
                content = replace(content, body=body)
            people = (markers.han(), markers.han())
            publish(kb, entry_id, content, people, markers.both())
            found.append(entry_id)
    draft = _content(Kind.FAQ, markers, Audience.CUSTOMER, "退款到账 草稿")
    for step in ("draft", "in_review", "approved"):
        entry_id, author = markers.latin(), markers.han()
        text = replace(draft, title=f"{draft.title} {markers.both()}")
        number = _draft(kb, entry_id, text, author, markers.both())
        if step != "draft":
            kb.submit(entry_id, number, author)
        if step == "approved":
            kb.approve(entry_id, number, markers.han())
        found.append(entry_id)
    # Of a public article: a newer draft, and one in review.
    for entry_id in ("gift-card-rule", "gift-card-other"):
        text = replace(RULE, title=f"礼品卡 {markers.both()}", body=_body(Kind.FAQ, markers.both))
        number = _draft(kb, entry_id, text, markers.han())
        if entry_id == "gift-card-other":
            entry = next(e for e in kb.snapshot() if e.id == entry_id)
            kb.submit(entry_id, number, entry.revisions[-1].author)
    return found


def _plant_desk(world: World) -> None:
    """What staff write, what other customers said, and other sites."""
    services, markers = world.services, world.markers
    own = markers.both
    staff = Principal(PrincipalKind.PERSON, "p1", own(), Role.ADMIN)
    entries = {entry.id: entry for entry in services.kb.snapshot()}
    rule = entries["gift-card-rule"].revisions[0]
    services.comments.add(rule, own(), f"内部意见 {own()}")
    services.working.save(own(), "gift-card-rule", {"title": own(), "body": own()}, title=own())
    services.canned.write(
        Draft(Scope.PRIVATE, own(), f"您好 {own()}", short_code=markers.latin()), staff
    )
    services.impact.questions.add(Wanted(Question(f"礼品卡能用多久 {own()}")), own())
    services.insights.add_gap(f"礼品卡能送人吗 {own()}", "reported")
    feedback = Feedback(FeedbackKind.OUTDATED, "gift-card-rule", 1, query=own(), note=own())
    services.insights.record(feedback, own())
    services.contacts.create(
        NewContact(
            Channel.CHAT,
            customer={"name": own(), "level": own()},
            slots={"order.no": own()},
            messages=(
                NewMessage(Speaker.CUSTOMER, f"礼品卡怎么用 {own()}", markers.latin()),
                NewMessage(Speaker.AGENT, own()),
                NewMessage(Speaker.SYSTEM, own()),
            ),
            external_id=markers.latin(),
            skill_group=own(),
        ),
        staff,
    )
    selfservice = services.selfservice
    other = selfservice.sites.add(
        SiteChanges(
            name=own(),
            title=own(),
            origins=(f"https://{markers.latin()}.example.com",),
            webhook_url=f"https://hooks.example.com/{markers.latin()}",
        )
    )
    visit, _token, _until = selfservice.sessions.begin(other)
    talks = selfservice.conversations
    talks.say(visit, f"礼品卡怎么用 {own()}", markers.latin(), {"page": own(), "order.no": own()})
    talks.ask_for_person(visit)
    late, _token, _until = selfservice.sessions.begin(other)
    talks.leave_ticket(late, own(), "13800138000", f"请回电 {own()}")
    services.accounts.people.create(markers.latin(), own(), "a-long-test-password", Role.AGENT)
    services.accounts.tokens.create(Role.AGENT, markers.latin())


def encoded(markers: list[str]) -> list[bytes]:
    """How markers may stand in a file: as they are, and in the ways that files are packed."""
    ways: list[bytes] = []
    for marker in markers:
        ways += [marker.encode(), marker.encode("utf-16-le"), json.dumps(marker)[1:-1].encode()]
        ways += [base64.b64encode(marker.encode())[:-4]]
    return ways
