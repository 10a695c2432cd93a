"""The stage: keys, letters in each of their states, and what a test does with the cast. A pytest plugin."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyrage
import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from tests.people import SECRETARY, Person
from undersigned.ledger.models import Log
from undersigned.ledger.sequence import sequence
from undersigned.letters import draft, links
from undersigned.letters.blocks import Kind, Source
from undersigned.letters.content import ParallelBlock, Wording
from undersigned.letters.freeze import freeze
from undersigned.letters.models import Letter, PrivateLink, SignOns
from undersigned.letters.stages import set_sign_ons
from undersigned.lib.clock import now
from undersigned.lib.keys import KeyRing
from undersigned.lib.sealing import unseal
from undersigned.post.models import Note
from undersigned.releases.release import Moment, release_due, schedule
from undersigned.signing.ask import Import, import_rows
from undersigned.signing.confirm import Confirmed, confirm
from undersigned.signing.models import Signature
from undersigned.signing.sheet import Row
from undersigned.signing.sign import Receipt, sign
from undersigned.signing.sign_on import parse
from undersigned.signing.terms import terms_of

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
"""When most things happen; letters were released an hour before."""

KEPT_UNTIL = date(max(NOON.year, now().year) + 2, 12, 31)
"""How long letters keep the data of their signatories: long enough for a server that asks what time it really is."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _logs_of_its_own(tmp_path: Path, settings: Settings) -> None:
    """Each test publishes its logs where no other test did."""
    settings.LOGS = tmp_path / "data" / "logs"


@pytest.fixture
def coalition(tmp_path: Path, settings: Settings) -> pyrage.x25519.Identity:
    """The coalition's offline key; the keys of the site are made beside its public half."""
    identity = pyrage.x25519.Identity.generate()
    keys = KeyRing(tmp_path / "keys")
    for name in ("links", "mail", "django"):
        keys.make_site_key(name)
    keys.set_coalition_recipient(str(identity.to_public()))
    settings.KEYS = keys
    settings.SITE_URL = "https://letters.example"
    settings.ALLOWED_HOSTS = ["letters.example", "testserver"]
    return identity


@pytest.fixture
def keys(coalition: pyrage.x25519.Identity, settings: Settings) -> KeyRing:
    """The keys of the site."""
    ring: KeyRing = settings.KEYS
    return ring


@pytest.fixture
def drafted(db: None, keys: KeyRing) -> Letter:
    """A letter in three languages, not frozen yet: organisations and supporters sign publicly, persons if invited."""
    return make_letter("open-the-bridge", keys)


@pytest.fixture
def frozen(drafted: Letter) -> Letter:
    """A letter whose text is frozen; nobody can sign yet."""
    freeze(drafted, SECRETARY, NOON - 3 * DAY)
    return drafted


@pytest.fixture
def embargoed(frozen: Letter) -> Letter:
    """A letter that is to be released tomorrow at noon, Seoul time, and takes sign-ons by invitation."""
    schedule(frozen, Moment(datetime.fromisoformat("2026-11-11T12:00"), "Asia/Seoul"), SECRETARY, NOON - 2 * DAY)
    set_sign_ons(frozen, SignOns.INVITATION, SECRETARY, NOON - 2 * DAY)
    return frozen


@pytest.fixture
def letter(frozen: Letter) -> Letter:
    """A released letter that everybody can sign."""
    schedule(frozen, Moment(datetime.fromisoformat("2026-11-10T11:00"), "UTC"), SECRETARY, NOON - 2 * DAY)
    release_due(NOON - HOUR)
    frozen.refresh_from_db()
    return frozen


def make_letter(slug: str, keys: KeyRing, **changes: Any) -> Letter:
    """A drafted letter with its log and its key."""
    facts: dict[str, Any] = {
        "slug": slug,
        "origin": f"letters.example/{slug}",
        "languages": ["ko", "en", "zh-Hans"],
        "subject": {"ko": "다리를 열어 주십시오", "en": "Open the bridge", "zh-Hans": "请开放大桥"},
        "summary": {"en": "Those who wait on the other bank ask to be heard."},
        "campaign": {"ko": "열린다리연대", "en": "Open Bridge Coalition", "zh-Hans": "开放大桥联盟"},
        "addressees": [{"name": {}, "title": {"en": "The Keeper of the Bridge"}, "postal": {"en": "Bridge House"}}],
        "date": date(2026, 11, 10),
        "country_labels": {"x-bridge": {"en": "The Bridge", "ko": "다리", "zh-Hans": "大桥"}},
        "organisation_way": "public",
        "person_way": "invitation",
        "supporter_way": "public",
        "takes_counted_only": True,
        "controller": "Open Bridge Coalition (invented)",
        "contact": "letter@openbridge.example",
        "keep_until": KEPT_UNTIL,
        "created_at": NOON - 4 * DAY,
    }
    letter = Letter.objects.create(**facts | changes)
    keys.make_letter_key(letter.pk)
    Log.objects.create(origin=letter.origin)
    draft.replace(letter, BLOCKS, {})
    return letter


def _said(ko: str, en: str, zh: str, **sources: tuple[Source, ...]) -> dict[str, Wording]:
    texts = {"ko": ko, "en": en, "zh-Hans": zh}
    return {language: Wording(text, **sources) for language, text in texts.items()}


_SOURCE = (Source("1", "Report of the ferrymen, 2026"),)
BLOCKS = (
    ParallelBlock("salutation", Kind.PARAGRAPH, _said("관리자님께,", "Dear Keeper,", "尊敬的管理者：")),
    ParallelBlock(
        "waiting",
        Kind.CLAIM,
        _said("약 이천 명이 기다립니다.[^1]", "About two thousand wait.[^1]", "约两千人在等待。[^1]", sources=_SOURCE),
    ),
    ParallelBlock("open", Kind.DEMAND, _said("다리를 여십시오.", "Open the bridge.", "请开放大桥。")),
)


def night_of_the_clocks(month: int) -> str:
    """The last Sunday of March (3) or October (10) next year: at two or three the clocks of Berlin are changed."""
    last = date(now().year + 1, month, 31)
    return (last - timedelta(days=last.isoweekday() % 7)).isoformat()


def sign_on(
    person: Person, letter: Letter, at: datetime = NOON, invited_by: int | None = None, **typed: str
) -> Signature:
    """`person` signs `letter`; the pending signature."""
    terms = terms_of(letter, invited=invited_by is not None)
    value = parse(person.form(terms.digest, **typed), person.kind, "en", terms, invited_by)
    [answer] = sign([value], at)
    assert isinstance(answer, Receipt), answer
    return Signature.objects.get(pk=answer.signature)


def invitation_to(letter: Letter) -> PrivateLink:
    """An invitation to sign `letter`."""
    links.make(letter, PrivateLink.Purpose.INVITATION, "Partners", SECRETARY, NOON - DAY)
    return PrivateLink.objects.order_by("-pk")[0]


def ask(person: Person, letter: Letter, at: datetime = NOON, **cells: str) -> Signature:
    """A sheet brings `person`, with what they would have typed and their address; the asked signature."""
    before = set(Signature.objects.values_list("pk", flat=True))
    values = {"name": person.name, "email": person.email, **person.typed, **cells}
    outcome = import_rows([Row(2, values)], Import(letter, SECRETARY, person.kind), at)
    assert outcome.asked == 1, outcome.refused
    return Signature.objects.exclude(pk__in=before).get()


def sign_and_confirm(person: Person, letter: Letter, at: datetime = NOON, **typed: str) -> Signature:
    """`person` signs `letter` and confirms by the link; the signature that stands."""
    [answer] = confirm([sign_on(person, letter, at, **typed).pk], at + MINUTE)
    assert isinstance(answer, Confirmed), answer
    return Signature.objects.get(pk=answer.signature)


def number_entries(letter: Letter, hidden_batch: int = 1) -> int:
    """Let the sequencer number what waits in the log of `letter`."""
    return len(sequence(Log.objects.get(origin=letter.origin).pk, hidden_batch=hidden_batch))


def notes(keys: KeyRing, template: str = "") -> list[dict[str, Any]]:
    """What waits to be mailed, opened: mailbox, language, template, facts, decoy; in the order of writing."""
    rows = Note.objects.order_by("pk").filter(**({"template": template} if template else {}))
    return [
        {"template": row.template, **json.loads(unseal(keys.site_key("mail"), bytes(row.sealed), "note"))}
        for row in rows
    ]


def post(client: Client, path: str, fields: Mapping[str, str] | str, **headers: str) -> HttpResponse:
    """What a browser sends when a form with these fields is submitted."""
    body = fields if isinstance(fields, str) else urlencode(fields)
    answer: HttpResponse = client.post(path, body, content_type="application/x-www-form-urlencoded", headers=headers)
    return answer


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def mailed_path(keys: KeyRing) -> str:
    """The path of the link in the newest mail that waits."""
    link: str = notes(keys)[-1]["facts"]["link"]
    return link.splitlines()[0].removeprefix("https://letters.example")
