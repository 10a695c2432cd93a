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
    office.run("letter", "import", str(FOLDER))
    start = time.monotonic()
    office.run("letter", "freeze", SLUG)
    ahead = soon(time.monotonic() - start)
    evidence = ("--attested", "invented, to be measured", "--by", DESK)
    office.run("signatories", "import", SLUG, str(FOLDER / "organisations.csv"), *evidence)
    moment = datetime.now(UTC) + ahead
    office.run("release", "plan", SLUG, f"{moment:%Y-%m-%dT%H:%M:%S}", "UTC")
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
    office.run("release", "due")


def version(office: Office) -> str:
    """The digest of the text that people sign; the office serves."""
    found: dict[str, dict[str, str]] = json.loads(office.ask(f"/{SLUG}/letter.json").body)
    return found["version"]["digest"]
