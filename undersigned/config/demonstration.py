"""Staging the demonstration: by the same verbs as a coalition would, from the files in `undersigned/demonstration`."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from undersigned.config.command_line.users import make_user
from undersigned.config.settings import PACKAGE
from undersigned.config.worker import sequence_step
from undersigned.desk.models import User
from undersigned.kit.keep import keep
from undersigned.kit.press import read as read_press
from undersigned.letters.audit import Actor
from undersigned.letters.freeze import freeze
from undersigned.letters.import_ import import_folder
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.countries import key_for
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.releases.release import Moment, release_due, schedule
from undersigned.signing.ask import Evidence, Import, import_rows
from undersigned.signing.confirm import confirm
from undersigned.signing.models import Signature
from undersigned.signing.sheet import Row, read_sheet
from undersigned.signing.sign import Receipt, sign
from undersigned.signing.sign_on import SignOn, parse
from undersigned.signing.terms import terms_of
from undersigned.stories import import_ as stories
from undersigned.stories import publish, reads, review

FOLDER = PACKAGE / "demonstration"
EMAIL = "desk@undersigned.example"
EVIDENCE = "demonstration data: no such organisation or person exists"
BEFORE_NOW = timedelta(hours=3)

NEWSROOM = Actor("command line")
BETWEEN_STORIES = timedelta(hours=13)
READ = (140, 310, 90, 420, 260, 70, 380, 120, 210, 160, 530, 350)
"""How often each story was read in an hour, three times: invented, like everything here."""

WAITING = (
    {
        "kind": "organisation",
        "language": "en",
        "name": "The Estuary Legal Aid Society",
        "name_ko": "하구법률구조회",
        "website": "https://estuarylegalaid.example",
        "country": "GB",
        "representative": "Robin Placeholder",
        "office": "Director",
        "email": "robin@estuarylegalaid.example",
    },
    {
        "kind": "organisation",
        "language": "ko",
        "name": "사단법인 물길인권센터",
        "website": "https://mulgil-center.example",
        "country": "KR",
        "representative": "임시원",
        "office": "간사",
        "email": "siwon@mailbox.example",
    },
)
"""Two sign-ons that wait for the desk: one from its own domain, one that the register may know already."""


def stage(data: Path) -> str:
    """Set the demonstration up in `data` unless it is there; how to sign in at the desk."""
    login = data / "demo-login.txt"
    call_command("migrate", verbosity=0, interactive=False)
    if not Letter.objects.exists():
        click.echo("setting up the demonstration …")
        _stage(login)
    else:
        bake_all(now())
    return login.read_text().strip()


@transaction.atomic
def _stage(login: Path) -> None:
    """All of it or nothing, so that an interrupted start begins anew."""
    user = _desk_user(login)
    by = Actor(str(user), user.pk)
    at = now() - BEFORE_NOW
    letter = import_folder(FOLDER, by, at).letter
    keep(letter, read_press(FOLDER, letter.languages), by, at)
    # Years after the date in the folder its signatories would be forgotten as soon as they are there.
    Letter.objects.filter(pk=letter.pk).update(keep_until=date(at.year + 2, 12, 31))
    letter.refresh_from_db()
    freeze(letter, by, at)
    for name, kind in (("organisations.csv", "organisation"), ("persons.csv", "person")):
        import_rows(read_sheet(FOLDER / name).rows, Import(letter, by, kind, Evidence(by, EVIDENCE)), at)
    _release(letter, by, at)
    _sign(list(_supporters(letter)), at + timedelta(minutes=5))
    terms = terms_of(letter, invited=False)
    waiting = [parse(_ticked(form, terms.digest), form["kind"], form["language"], terms) for form in WAITING]
    _sign(waiting, now() - timedelta(minutes=20))
    Signature.objects.update(receipted_at=at)  # nobody is there to read so many receipts
    _tell_stories(by, now())
    transaction.on_commit(_publish)


def _publish() -> None:
    """The log first, and not before its record is on the disk: what was published once cannot be taken back."""
    sequence_step(now())
    bake_due(now())


def _tell_stories(by: Actor, at: datetime) -> None:
    """Every story of the folder, from import to its readers, the last one just now; and a top ten of them."""
    folders = sorted((FOLDER / "stories").iterdir())
    times = Counter[str]()
    for number, (folder, read) in enumerate(zip(folders, READ, strict=True), start=1):
        story = stories.import_folder(folder, NEWSROOM, at).story
        review.submit(story, NEWSROOM, at)
        review.approve(story, by, at, story.wording.digest().hex())
        publish.publish_now(story, "Asia/Seoul", NEWSROOM, at - (len(folders) - number) * BETWEEN_STORIES)
        times[story.slug] = read
    for hours in (3, 2, 1):
        reads.count(times, at - timedelta(hours=hours), settings.READS_CAP)
    reads.rank(at)


def _desk_user(login: Path) -> User:
    password = secrets.token_urlsafe(12)
    user = make_user(EMAIL, "Demonstration Desk", password, "en")
    login.write_text(f"{EMAIL}  password: {password}\n")
    login.chmod(0o600)
    return user


def _release(letter: Letter, by: Actor, at: datetime) -> None:
    schedule(letter, Moment((at + timedelta(minutes=2)).replace(second=0), "UTC"), by, at)
    release_due(at + timedelta(minutes=2))
    letter.refresh_from_db()


def _supporters(letter: Letter) -> Iterator[SignOn]:
    terms = terms_of(letter, invited=False)
    for row in read_sheet(FOLDER / "supporters.csv").rows:
        form = _ticked(_form(row, letter), terms.digest)
        yield parse(form, "supporter", row.values["language"], terms)


def _form(row: Row, letter: Letter) -> dict[str, str]:
    """What a supporter of the sheet would have typed; their mailboxes are made up from the row's number."""
    hidden = row.values["visibility"] == "hidden"
    return {
        "name": row.values["name"],
        "country": key_for(row.values["country"], letter.country_labels) or "",
        "visibility": "counted-only" if hidden else "public",
        "email": f"supporter-{row.number}@supporters.example",
    }


def _ticked(form: Mapping[str, str], digest: str) -> dict[str, str]:
    return {**form, "version": digest, "consent": "yes", "age": "yes", "authority": "yes"}


def _sign(sign_ons: list[SignOn], at: datetime) -> None:
    """Sign and confirm, a minute apart; the mails that these would have had are taken back by confirming."""
    receipts = [answer for answer in sign(sign_ons, at) if isinstance(answer, Receipt)]
    confirm([receipt.signature for receipt in receipts], at + timedelta(minutes=1))
