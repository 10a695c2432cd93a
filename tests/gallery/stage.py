"""What the pictures are taken of: the demonstration, and beside it a letter in each other state and one in Arabic."""

import csv
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.browser import follow
from tests.flows.office import ROOT, Office, free_port, until

HERE = Path(__file__).resolve().parent
DEMONSTRATION = ROOT / "undersigned" / "demonstration"
FERRY = HERE.parent / "flows" / "letter"
SECOND = "editor@undersigned.example"
EMBARGOED, ARABIC = "under-embargo", "the-open-well"
ASKED = (
    ("Organisation", "Website", "Country", "Representative", "Office", "E-mail", "Language"),
    ("나루지기모임", "naru.example", "South Korea", "이가상", "대표", "ko@asked.example", "ko"),
    ("Keepers of the Ferry", "keepers.example", "Germany", "Ina Erfunden", "Speaker", "en@asked.example", "en"),
    ("渡口守望会", "dukou.example", "Mongolia", "虚构人", "会长", "zh-Hans@asked.example", "zh-Hans"),
)


@dataclass
class Gallery(Office):
    """The demonstration, served by the command that people start; its desk's login is in `login`."""

    login: tuple[str, str] = ("", "")

    def start(self) -> None:
        (self.folder / "data").mkdir()
        (self.folder / "mail").symlink_to(self.folder / "data" / "mail")  # where the demonstration keeps its mails
        command = [sys.executable, "-m", "undersigned", "demo", "--data", str(self.folder / "data")]
        with (self.folder / "standard-error.txt").open("ab") as said:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                env=self.environment, stdout=subprocess.PIPE, stderr=said, start_new_session=True,
            )  # fmt: skip
        assert self.process.stdout
        for line in iter(self.process.stdout.readline, b""):
            found = re.match(r"desk: .*?(\S+@\S+)  password: (\S+)", line.decode())
            self.login = (found[1], found[2]) if found else self.login
            if line.startswith(b"ready"):
                return
        raise RuntimeError((self.folder / "standard-error.txt").read_text())


@contextmanager
def opened(*, furnished: bool = True) -> Iterator[Gallery]:
    """The demonstration, up and serving; `furnished` with all that pictures are taken of."""
    with tempfile.TemporaryDirectory() as folder:
        gallery = Gallery(Path(folder), "", free_port())
        try:
            gallery.start()
            if furnished:
                furnish(gallery)
            yield gallery
        finally:
            gallery.stop()


def furnish(gallery: Gallery) -> None:
    """By commands: a letter and a story in Arabic, a letter under embargo whose signatories are asked, two drafts."""
    texts = gallery.folder / "texts"
    gallery.run("user", "add", SECOND, "--name", "Second Reader", "--password", "a ferry needs no bridge")
    gallery.run("letter", "import", str(FERRY))
    gallery.run("letter", "import", str(HERE / "letter"))
    gallery.run("letter", "freeze", ARABIC)
    gallery.run("release", "plan", ARABIC, f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M}", "UTC")
    _embargo(gallery, texts / "letter")
    _stories(gallery, texts)
    until(lambda: gallery.ask(f"/{ARABIC}/ar/").status == 200, "the letter in Arabic")
    gallery.run("letter", "sign-ons", ARABIC, "public")


def _embargo(gallery: Gallery, folder: Path) -> None:
    """The demonstration's letter once more, to be released in a month."""
    shutil.copytree(DEMONSTRATION, folder)
    told = (folder / "letter.toml").read_text()
    (folder / "letter.toml").write_text(told.replace("do-not-send-them-back", EMBARGOED))
    gallery.run("letter", "import", str(folder))
    gallery.run("letter", "freeze", EMBARGOED)
    gallery.run("letter", "sign-ons", EMBARGOED, "invitation")
    moment = datetime.now(UTC) + timedelta(days=30)
    gallery.run("release", "plan", EMBARGOED, f"{moment:%Y-%m-%dT09:00}", "Asia/Seoul")
    sheet = gallery.folder / "asked.csv"
    with sheet.open("w", newline="") as file:
        csv.writer(file).writerows(ASKED)
    gallery.run("signatories", "import", EMBARGOED, str(sheet))


def _stories(gallery: Gallery, texts: Path) -> None:
    """One in Arabic, published; and one that is still being written."""
    [first, *_rest] = sorted((DEMONSTRATION / "stories").iterdir())
    arabic = shutil.copytree(HERE / "story", texts / "story")
    shutil.copy(first / "picture.png", arabic)
    gallery.run("story", "import", str(arabic))
    gallery.run("story", "submit", "lamps-at-the-well")
    gallery.run("story", "approve", "lamps-at-the-well", "--by", SECOND)
    gallery.run("story", "publish", "lamps-at-the-well", "now", "UTC")
    _withdrawn(gallery, first, texts / "withdrawn")
    drafted = shutil.copytree(first, texts / "drafted")
    told = (drafted / "story.toml").read_text()
    (drafted / "story.toml").write_text(told.replace("night-watch-at-two-bridges", "in-work"))
    gallery.run("story", "import", str(drafted))


def _withdrawn(gallery: Gallery, first: Path, folder: Path) -> None:
    """A story that was published and taken back, of which readers are told why."""
    shutil.copytree(first, folder)
    told = (folder / "story.toml").read_text()
    (folder / "story.toml").write_text(told.replace("night-watch-at-two-bridges", "taken-back"))
    gallery.run("story", "import", str(folder))
    gallery.run("story", "submit", "taken-back")
    gallery.run("story", "approve", "taken-back", "--by", SECOND)
    gallery.run("story", "publish", "taken-back", "now", "Asia/Seoul")
    why = {
        "ko": "한 사람이 사진에서 알아볼 수 있게 나왔습니다.",
        "en": "Somebody could be recognised in its picture.",
        "zh-Hans": "图片中有人可被辨认。",
    }
    reasons = [word for tag, text in why.items() for word in ("--tell", tag, text)]
    gallery.run("story", "withdraw", "taken-back", "--reason", "Consent was taken back", *reasons)


def sign_in(gallery: Gallery, context: BrowserContext) -> Page:
    """The desk, entered."""
    page = context.new_page()
    page.goto(f"{gallery.url}/desk/")
    page.fill("input[name=login]", gallery.login[0])
    page.fill("input[name=password]", gallery.login[1])
    follow(page.locator("main button.next"))
    return page


def private_links(gallery: Gallery, desk: Page) -> dict[str, str]:
    """The addresses of a new preview and a new invitation under embargo, up to their languages; and who is asked is."""
    found = {}
    for purpose in ("preview", "invitation"):
        desk.goto(f"{gallery.url}/desk/{EMBARGOED}/links/")
        desk.check(f"#{purpose}")
        desk.fill("#label", "members of the coalition")
        follow(desk.locator("main form button").first)
        found[purpose] = desk.locator("code.link").first.inner_text().rsplit("/", 2)[0]
    desk.goto(f"{gallery.url}/desk/{EMBARGOED}/signatories/")
    follow(desk.locator("form[action$='/invite/'] button").first)
    return found
