"""An export is the public folder at one checkpoint, as it works from anywhere: whole or not there, always the same."""

import fcntl
import os
import resource
import shutil
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_django.fixtures import Settings

from tests.pages.copies import files_in, links_in, local_links
from tests.people import OYUN, SECRETARY, SOMI
from tests.stage import HOUR, NOON, number_entries, sign_and_confirm
from tests.trouble import cut_the_power_at_each_step
from undersigned.config.command_line import undersigned
from undersigned.config.worker import sequence_step
from undersigned.letters.models import Letter
from undersigned.letters.rename import rename
from undersigned.pages.bakery import bake_all, bake_due
from undersigned.pages.export import (
    Exported,
    NothingBaked,
    TargetBusy,
    TargetIsADisk,
    TargetNotWritten,
    TargetTaken,
    export,
)
from undersigned.pages.generation import PublicFolder
from undersigned.pages.moved import UNTOLD
from undersigned.signing.models import Signature
from undersigned.signing.withdraw import withdraw
from undersigned.stories.models import Story

SITE = "https://letters.example"


@pytest.fixture
def somi(letter: Letter, folder: PublicFolder) -> Signature:
    """Stands under the letter, in the log and on the baked pages."""
    signature = sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    bake_all(NOON + HOUR)
    return signature


@pytest.fixture
def everything(signed: Letter, published: Story, folder: PublicFolder, tmp_path: Path) -> dict[str, bytes]:
    """All there can be: letters in five languages, one at a former address, names on shelves, a story."""
    rename(signed, "the-bridge", SECRETARY, NOON)
    for other in Letter.objects.all():
        number_entries(other)
    bake_all(NOON + HOUR)
    export(tmp_path / "copy", NOON + HOUR)
    return files_in(tmp_path / "copy")


@pytest.fixture
def copy(somi: Signature, letter: Letter, tmp_path: Path) -> dict[str, bytes]:
    """One letter, at a former address too."""
    rename(letter, "the-bridge", SECRETARY, NOON)
    return exported_to(tmp_path / "copy")


def exported_to(place: Path) -> dict[str, bytes]:
    export(place, NOON + HOUR)
    return files_in(place)


# --- What is in it ----------------------------------------------------------------------------------------------------


def test_every_link_to_a_page_of_the_copy_leads_to_a_file_of_it(everything: dict[str, bytes]) -> None:
    found = list(local_links(everything))
    assert len(found) > 1000
    assert not [(path, address) for path, address, target in found if target not in everything]
    assert not [(path, address) for path, address, _target in found if address.startswith("/")]


def test_a_form_leads_to_the_site_and_says_so_in_the_language_of_its_page(copy: dict[str, bytes]) -> None:
    forms = {
        path: address
        for path, content in copy.items()
        if path.endswith(".html")
        for tag, address in links_in(path, content)
        if tag == "form"
    }
    assert forms["the-bridge/ko/index.html"] == f"{SITE}/the-bridge/ko/sign/supporter/"
    assert forms["the-bridge/en/find/index.html"] == f"{SITE}/the-bridge/en/find/"
    assert forms["zh-Hans/newsletter/index.html"] == f"{SITE}/zh-Hans/newsletter/"
    said = {
        tag: copy[f"the-bridge/{tag}/index.html"].decode().partition("copy-form")[2].partition("</p>")[0]
        for tag in ("ko", "en", "zh-Hans")
    }
    assert all(SITE in words for words in said.values())
    assert "You are reading a copy of" in said["en"]
    assert len(set(said.values())) == 3
    assert "You are reading" not in said["ko"] + said["zh-Hans"]


def test_every_page_says_that_it_is_a_copy_and_where_it_is_as_it_is_now(copy: dict[str, bytes]) -> None:
    pages = {path: text.decode() for path, text in copy.items() if path.endswith(".html") and "/embed/" not in path}
    assert all(text.count('<p class="copy"') == 1 for text in pages.values())
    assert f'<a href="{SITE}/the-bridge/en/receipt/">' in pages["the-bridge/en/receipt/index.html"]


def test_the_policy_of_a_page_lets_it_work_from_a_disk_and_its_forms_go_to_the_site_alone(
    copy: dict[str, bytes],
) -> None:
    page = copy["the-bridge/en/index.html"].decode()
    policy = page.partition('Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy == (
        "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; "
        f"connect-src 'none'; form-action {SITE}; base-uri 'none'; worker-src 'none'"
    )
    assert '<meta name="referrer" content="same-origin">' in page


def test_a_former_address_leads_on_by_itself_in_a_copy_too(copy: dict[str, bytes]) -> None:
    assert 'content="0; url=../../the-bridge/en/index.html"' in copy["open-the-bridge/en/index.html"].decode()


def test_nothing_but_tags_differs_from_what_the_site_shows(copy: dict[str, bytes], folder: PublicFolder) -> None:
    shown = (folder.root / "the-bridge/ko/index.html").read_text()
    again = copy["the-bridge/ko/index.html"].decode()
    body = '<div class="letter">'
    assert shown.partition(body)[2].partition("</article>")[0] == again.partition(body)[2].partition("</article>")[0]


def test_what_serves_the_server_stays_at_home(somi: Signature, folder: PublicFolder, tmp_path: Path) -> None:
    (folder.root / "index.html.gz").write_bytes(b"packed")
    (folder.root / "index.html.br").write_bytes(b"packed")
    files = exported_to(tmp_path / "copy")
    assert not files.keys() & {*UNTOLD, "index.html.gz", "index.html.br"}


def test_a_copy_keeps_nothing_on_the_device_of_its_reader(copy: dict[str, bytes], folder: PublicFolder) -> None:
    assert folder.has("the-bridge/worker.js")
    assert not [path for path in copy if path.endswith("worker.js") or "/offline/" in path]
    assert "data-worker" not in copy["the-bridge/en/index.html"].decode()


def test_styles_lead_to_their_pictures_from_where_they_lie(somi: Signature, folder: PublicFolder) -> None:
    (folder.root / "assets/a.css").write_text('@import "/assets/b.css"; a { background: url("/seal.svg") url(#x) }')
    files = exported_to(folder.root.parent.parent / "copy")
    assert files["assets/a.css"] == b'@import "b.css"; a { background: url("../seal.svg") url(#x) }'


# --- Of which moment it is --------------------------------------------------------------------------------------------


def test_who_has_withdrawn_since_the_last_bake_is_not_in_it(somi: Signature, tmp_path: Path) -> None:
    assert SOMI.name.encode() in b"".join(exported_to(tmp_path / "before").values())
    withdraw([somi.pk], NOON + HOUR)
    assert SOMI.name.encode() not in b"".join(exported_to(tmp_path / "after").values())


def test_what_happens_while_it_is_written_is_in_it_in_whole(somi: Signature, letter: Letter, tmp_path: Path) -> None:
    acts: list[Callable[[], object]] = [
        lambda: withdraw([somi.pk], NOON + HOUR),
        lambda: number_entries(letter),
        lambda: bake_due(NOON + HOUR),
        lambda: sign_and_confirm(OYUN, letter),
    ]

    def meanwhile(done: int, of: int) -> None:
        if acts and done > of / 2:
            acts.pop(0)()

    export(tmp_path / "copy", NOON + HOUR, meanwhile)
    files = files_in(tmp_path / "copy")
    assert not acts
    assert SOMI.name.encode() not in b"".join(files.values())
    assert files == exported_to(tmp_path / "again")


def test_the_log_in_it_is_verified_and_is_that_which_its_pages_count(
    somi: Signature, letter: Letter, tmp_path: Path
) -> None:
    sign_and_confirm(SOMI, letter, name="다른 이름", email="another@mail.example")
    number_entries(letter)  # in the record, and not published yet
    made = CliRunner().invoke(undersigned, ["site", "export", str(tmp_path / "copy")])
    assert made.exit_code == 0, made.output
    assert "open-the-bridge/log: 4 entries of letters.example/open-the-bridge" in made.output
    told = (tmp_path / "copy/EXPORT.txt").read_text()
    assert "letters.example/open-the-bridge: 4\n" in told
    result = CliRunner().invoke(undersigned, ["log", "verify", str(tmp_path / "copy/open-the-bridge")])
    assert result.exit_code == 0, result.output
    assert "letter.json counts what the log counts at 4 entries" in result.output


def test_a_site_that_only_its_own_machine_reaches_is_pointed_out(
    somi: Signature, settings: Settings, tmp_path: Path
) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    made = CliRunner().invoke(undersigned, ["site", "export", str(tmp_path / "copy.zip")])
    assert "which no other machine reaches" in made.output


# --- One file ---------------------------------------------------------------------------------------------------------


def test_equal_records_give_the_same_zip_and_another_signature_gives_another_one(
    somi: Signature, letter: Letter, tmp_path: Path
) -> None:
    one, two, three = (tmp_path / f"{name}.zip" for name in ("one", "two", "three"))
    export(one, NOON + HOUR)
    bake_all(NOON + HOUR)
    export(two, NOON + 2 * HOUR)
    assert one.read_bytes() == two.read_bytes()
    accepted = sign_and_confirm(SOMI, letter, NOON + HOUR, name="다른 이름", email="another@mail.example")
    number_entries(letter)
    export(three, NOON + 2 * HOUR)
    assert accepted
    assert one.read_bytes() != three.read_bytes()


def test_the_zip_holds_what_the_folder_holds_in_order_and_tells_no_time(somi: Signature, tmp_path: Path) -> None:
    export(tmp_path / "copy.zip", NOON + HOUR)
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {info.date_time for info in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert {name: archive.read(name) for name in archive.namelist()} == exported_to(tmp_path / "copy")
        page = archive.getinfo("open-the-bridge/en/index.html")
        assert page.compress_size < page.file_size / 2


# --- Where it is written ----------------------------------------------------------------------------------------------


def test_an_empty_folder_may_wait_for_it(somi: Signature, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    assert "index.html" in exported_to(tmp_path / "copy")


@pytest.mark.parametrize("name", ["copy", "copy.zip", "copy/new"])
def test_what_is_there_already_is_left_alone(somi: Signature, tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    place.parent.mkdir(exist_ok=True)
    if name == "copy":
        place.mkdir()
        (place / "diary.txt").write_text("mine")
    else:
        place.write_text("mine")
    before = files_in(tmp_path)
    with pytest.raises(TargetTaken, match="is there already"):
        export(place, NOON + HOUR)
    assert files_in(tmp_path) == before


def test_before_anything_is_public_there_is_nothing_to_export(db: None, folder: PublicFolder, tmp_path: Path) -> None:
    with pytest.raises(NothingBaked):
        export(tmp_path / "copy", NOON)
    assert not folder.root.exists()
    assert not (tmp_path / "copy").exists()


def test_a_place_within_nothing_is_refused(somi: Signature, tmp_path: Path) -> None:
    with pytest.raises(TargetNotWritten, match="No such file or directory"):
        export(tmp_path / "nowhere/copy", NOON + HOUR)


def test_a_whole_disk_is_refused_for_nothing_appears_on_it_at_once(
    somi: Signature, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stick").mkdir()
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "stick")
    with pytest.raises(TargetIsADisk, match="Give a new folder on it"):
        export(tmp_path / "stick", NOON + HOUR)
    assert "index.html" in exported_to(tmp_path / "stick/site")


def test_two_exports_to_one_place_do_not_meet(somi: Signature, tmp_path: Path) -> None:
    workshop = tmp_path / ".copy.part"
    workshop.mkdir()
    held = os.open(workshop, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(TargetBusy):
        export(tmp_path / "copy", NOON + HOUR)
    os.close(held)
    assert "index.html" in exported_to(tmp_path / "copy")


@contextmanager
def files_of_at_most(size: int) -> Generator[None]:
    """A disk on which no file can grow larger: a full one stops the writer in the same way."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ["copy", "copy.zip"])
def test_on_a_full_disk_it_is_refused_and_nothing_of_it_is_left(somi: Signature, tmp_path: Path, name: str) -> None:
    before = set(tmp_path.iterdir())
    with files_of_at_most(5_000), pytest.raises(TargetNotWritten, match="Nothing of the export is left"):
        export(tmp_path / name, NOON + HOUR)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["copy", "copy.zip"])
def test_a_power_cut_at_any_step_leaves_no_half_export_and_the_next_run_repairs(
    db: None, folder: PublicFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with folder.lock():
        folder.publish({"index.html": b"<title>Open the bridge</title>", "en/index.html": b"Open the bridge"})
    place = tmp_path / name
    export(tmp_path / f"whole-{name}", NOON)
    whole = _content(tmp_path / f"whole-{name}")
    made: list[Exported] = []
    for _step in cut_the_power_at_each_step(lambda: made.append(export(place, NOON)), monkeypatch):
        if place.exists():
            assert _content(place) == whole
            _remove(place)
    assert made
    assert _content(place) == whole
    assert not place.with_name(f".{name}.part").exists()


def _content(place: Path) -> object:
    return files_in(place) if place.is_dir() else place.read_bytes()


def _remove(place: Path) -> None:
    """As its owner would, who wants to try again."""
    if place.is_file():
        place.unlink()
        return
    shutil.rmtree(place)
