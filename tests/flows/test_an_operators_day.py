"""What an operator types, on the real program: its words and exit codes (0 done, 1 refused, 2 misused)."""

import csv
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.flows.conftest import SLUG, copy_of, new_database, set_up_once
from tests.flows.office import DESK, Office, free_port
from tests.stage import night_of_the_clocks

ROWS = (
    ("단체명", "영문 단체명", "홈페이지", "국가", "비고"),
    ("나루지기회", "Ferry Keepers", "https://keepers.example", "대한민국", ""),
    ("Ferry Keepers e.V.", "", "https://keepers.example/about", "Germany", ""),
    ("=HYPERLINK(1)", "", "", "", ""),
    ("강변이웃", "", "river.example", "Atlantis", ""),
    ("강변이웃", "", "river.example", "", ""),
)


@pytest.fixture
def idle(tmp_path: Path) -> Generator[Office]:
    """An office that is set up, and does not serve."""
    office = copy_of(set_up_once(), tmp_path)
    yield office
    office.stop()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.csv"
    with path.open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, delimiter=";").writerows(ROWS)
    return path


def test_keys_are_made_once_and_the_secret_one_is_handed_over(idle: Office) -> None:
    secret = idle.folder / "coalition.identity"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert "AGE-SECRET-KEY-" in secret.read_text()
    kept = {path: path.read_bytes() for path in (idle.folder / "data" / "keys").rglob("*") if path.is_file()}
    assert "is there already" in idle.run("key", "make")
    assert kept == {path: path.read_bytes() for path in kept}
    for path, content in kept.items():
        assert b"SECRET" not in content, path


def test_keys_are_not_made_by_halves(tmp_path: Path) -> None:
    office = Office(tmp_path, "", free_port())
    assert "--secret" in office.run("key", "make", exits=2)
    assert not (tmp_path / "data" / "keys").exists()


def test_a_folder_with_faults_is_refused_whole_with_file_and_line(idle: Office, folder: Path) -> None:
    manifest = folder / "letter.toml"
    manifest.write_text(manifest.read_text().replace('prevailing = "ko"', 'prevailing = "ko'))
    said = idle.run("letter", "import", str(folder), exits=1)
    assert "letter.toml:3" in said
    assert "Known letters: none" in idle.run("letter", "freeze", SLUG, exits=1)


def test_a_document_and_a_workbook_that_are_damaged_are_refused_whole(lettered: Office, folder: Path) -> None:
    (folder / "letter.en.md").unlink()
    (folder / "letter.en.docx").write_bytes(b"PK\x03\x04 but no document")
    manifest = folder / "letter.toml"
    manifest.write_text(manifest.read_text().replace(SLUG, "open-another"))
    assert "letter.en.docx: This file is not a DOCX document" in lettered.run("letter", "import", str(folder), exits=1)
    assert f"Known letters: {SLUG}" in lettered.run("letter", "freeze", "open-another", exits=1)
    sheet = folder / "sheet.xlsx"
    sheet.write_bytes(b"PK\x03\x04 but no workbook")
    assert "sheet.xlsx" in lettered.run("signatories", "import", SLUG, str(sheet), exits=1)
    sheet.write_text('Name,Country\n"House by the Bank,Germany\n')
    assert "from row 2 on, the quotation marks" in lettered.run("signatories", "import", SLUG, str(sheet), exits=1)


def test_a_letter_with_gaps_is_not_frozen(idle: Office, folder: Path) -> None:
    idle.run("letter", "import", str(folder))
    assert "do not line up" in idle.run("letter", "freeze", SLUG, exits=1)


def test_a_sheet_is_shown_first_then_asked_and_its_bad_rows_are_named(lettered: Office, sheet: Path) -> None:
    said = lettered.run("signatories", "import", SLUG, str(sheet), "--dry-run")
    assert "“비고” was not recognised" in said
    assert "2 would be asked, 0 of them would be listed, 3 refused; organisations: 2 new" in said
    for line in ("row 3 refused", "same signatory as in row 2", "row 4 refused", "row 5 refused", "Atlantis"):
        assert line in said
    said = lettered.run("signatories", "import", SLUG, str(sheet))
    assert "2 asked, 0 of them listed, 3 refused" in said
    assert "0 asked" in lettered.run("signatories", "import", SLUG, str(sheet))


def test_names_are_listed_only_when_a_desk_user_answers_for_them(lettered: Office, sheet: Path) -> None:
    command = ("signatories", "import", SLUG, str(sheet), "--attested", "letters of consent, folder 3")
    assert "--by" in lettered.run(*command, exits=2)
    assert "no desk user" in lettered.run(*command, "--by", "nobody@ferry.example", exits=1)
    assert "2 asked, 2 of them listed" in lettered.run(*command, "--by", DESK)


def test_a_header_that_is_not_known_can_be_named(lettered: Office, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("Wer,Wo\nUferhilfe,Germany\n")
    assert "“Wer”" in lettered.run("signatories", "import", SLUG, str(path), exits=1)
    said = lettered.run("signatories", "import", SLUG, str(path), "--map", "Wer=name", "--map", "Wo=country")
    assert "1 asked" in said


def test_an_hour_that_the_clocks_skip_is_refused_with_both_choices(lettered: Office) -> None:
    said = lettered.run("release", "plan", SLUG, f"{night_of_the_clocks(3)}T02:30", "Europe/Berlin", exits=1)
    assert "01:30 (UTC+01:00)" in said
    assert "03:30 (UTC+02:00)" in said
    assert "No release is due" in lettered.run("release", "due")


def test_a_planned_release_is_cancelled(lettered: Office) -> None:
    assert "UTC" in lettered.run("release", "plan", SLUG, "2099-01-01T09:00", "Asia/Seoul")
    lettered.run("release", "cancel", SLUG)
    assert "No release is planned" in lettered.run("release", "cancel", SLUG, exits=1)


def test_check_says_what_is_wrong_and_then_that_all_is_well(idle: Office) -> None:
    assert "WRONG   public folder" in idle.run("check", exits=1)
    idle.start()
    assert "WRONG" not in idle.run("check")
    assert "something else answers" in idle.run("serve", "--port", str(idle.port), exits=1)


def test_a_test_mail_arrives(idle: Office) -> None:
    idle.run("mail", "test", "somebody@mail.example")
    assert idle.mail_to("somebody@mail.example")["Subject"] == "A test"


def test_a_backup_brings_the_record_back(lettered: Office, sheet: Path, tmp_path: Path) -> None:
    lettered.run("signatories", "import", SLUG, str(sheet), "--attested", "on paper", "--by", DESK)
    backup, identity = tmp_path / "backup.age", tmp_path / "coalition.identity"
    lettered.run("backup", str(backup))
    assert "나루지기회".encode() not in backup.read_bytes()
    assert "holds letters already" in lettered.run("restore", str(backup), "--identity", str(identity), exits=1)
    elsewhere = Office(tmp_path / "elsewhere", new_database(), free_port())
    shutil.copytree(tmp_path / "data" / "keys", tmp_path / "elsewhere" / "data" / "keys")
    stranger = tmp_path / "stranger.identity"
    other = Office(tmp_path / "other", "", free_port())
    other.run("key", "make", "--secret", str(stranger))
    assert "does not open" in elsewhere.run("restore", str(backup), "--identity", str(stranger), exits=1)
    elsewhere.run("restore", str(backup), "--identity", str(identity))
    assert "0 asked" in elsewhere.run("signatories", "import", SLUG, str(sheet))
    elsewhere.run("release", "plan", SLUG, "2099-01-01T09:00", "Asia/Seoul")
