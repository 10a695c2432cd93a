"""The letter that is measured: the demonstration's, released, with its organisations listed."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import undersigned
from tests.flows.office import DESK, Office, soon

FOLDER = Path(undersigned.__file__).parent / "demonstration"
SLUG = "do-not-send-them-back"


def set_up(office: Office) -> None:
    """An office with keys, a desk user, and the letter released; it does not serve yet."""
    office.set_up()
    petition(office)


def petition(office: Office) -> None:
    """Have an office that is set up release the letter, with its organisations."""
    office.run("letter", "import", str(FOLDER))
    office.run("letter", "freeze", SLUG)
    evidence = ("--attested", "invented, to be measured", "--by", DESK)
    office.run("signatories", "import", SLUG, str(FOLDER / "organisations.csv"), *evidence)
    release(office, SLUG)


def release(office: Office, slug: str) -> None:
    """Release the frozen letter `slug` of an office that does not serve, as soon as a moment can be planned."""
    start = time.monotonic()
    office.run("release", "due")  # how long a command takes here
    moment = datetime.now(UTC) + soon(time.monotonic() - start)
    office.run("release", "plan", slug, f"{moment:%Y-%m-%dT%H:%M:%S}", "UTC")
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
    office.run("release", "due")


def version(office: Office) -> str:
    """The digest of the text that people sign; the office serves."""
    found: dict[str, dict[str, str]] = json.loads(office.ask(f"/{SLUG}/letter.json").body)
    return found["version"]["digest"]
