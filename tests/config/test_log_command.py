"""`undersigned log`: what a stranger runs without a record of their own, and what an operator runs."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result
from django.db import transaction
from pytest_django.fixtures import Settings

from tests.ledger.paper import KEY, ORIGIN, head_over, lines, write_log
from tests.ledger.published import files_in, folder_of, keys_of
from tests.people import AMAL, BILGE, OYUN, SECRETARY, SOMI, Person
from tests.stage import NOON, sign_and_confirm
from undersigned.config import backing_up
from undersigned.config.command_line import undersigned
from undersigned.config.command_line.checking import CHECKS, NotInOrder
from undersigned.config.worker import sequence_step
from undersigned.ledger.models import Log
from undersigned.ledger.note import NotANote, open_checkpoint
from undersigned.letters.models import AuditRecord, Letter
from undersigned.signing.correct import accept_correction, correct
from undersigned.signing.models import Signature, State
from undersigned.signing.receipts import receipt_of
from undersigned.signing.sign_on import Card
from undersigned.signing.withdraw import withdraw

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(undersigned, ["log", *map(str, arguments)])


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class BreakingOff(Quiet):
    """Sends less of each tile than it promised, as where a connection breaks off."""

    def send_header(self, keyword: str, value: str) -> None:
        breaks_off = keyword == "Content-Length" and "/tile/" in self.path
        super().send_header(keyword, str(int(value) + 1) if breaks_off else value)


@contextmanager
def served(folder: Path, by: type[Quiet] = Quiet) -> Generator[str]:
    """The address at which `folder` is served, by a server that is not ours."""
    with ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: by(*args, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def web(tmp_path: Path) -> Generator[str]:
    """The address at which the test's folder is served."""
    with served(tmp_path) as address:
        yield address


# --- Verifying --------------------------------------------------------------------------------------------------------


def test_a_log_that_is_as_it_must_be_is_told_with_what_that_shows_and_what_it_does_not(tmp_path: Path) -> None:
    write_log(tmp_path, lines(300))
    result = run("verify", tmp_path)
    assert result.exit_code == 0
    for words in (f"{ORIGIN}: 300 entries", "298 supporters", "none was cut out, changed", "every signatory is real"):
        assert words in result.output
    assert "The key was read from the log itself" in result.output
    assert "were not compared" in result.output


def test_with_a_key_and_a_head_of_one_s_own_nothing_is_taken_on_trust(tmp_path: Path) -> None:
    write_log(tmp_path, lines(300))
    kept = tmp_path / "kept"
    kept.write_bytes(head_over(lines(100)))
    result = run("verify", tmp_path, "--key", KEY.verifier.text, "--since", kept)
    assert result.exit_code == 0
    assert "begins with the checkpoint of 100 entries" in result.output
    assert "read from the log itself" not in result.output


def test_over_the_web_it_is_the_same(tmp_path: Path, web: str) -> None:
    write_log(tmp_path / "ferry", lines(300))
    for address in (f"{web}/ferry/", f"{web}/ferry/log", f"{web}/ferry/log/checkpoint"):
        result = run("verify", address)
        assert result.exit_code == 0, result.output
        assert "300 entries" in result.output


def test_a_log_that_is_not_as_it_must_be_ends_with_1(tmp_path: Path, web: str) -> None:
    folder = write_log(tmp_path, lines(300))
    (folder / "tile/0/000").write_bytes(bytes(8192))
    for where in (tmp_path, web):
        result = run("verify", where)
        assert result.exit_code == 1
        assert "NOT VERIFIED: tile/0/000" in result.output
        assert "What this shows" not in result.output


def test_a_log_that_cannot_be_read_ends_with_2(tmp_path: Path, web: str) -> None:
    for where in (tmp_path, web, "http://127.0.0.1:1"):
        assert run("verify", where).exit_code == 2
    write_log(tmp_path, lines(3))
    assert run("verify", tmp_path, "--key", "nonsense").exit_code == 2
    assert run("verify", tmp_path, "--since", "/nowhere").exit_code == 2


def test_what_breaks_off_on_its_way_was_not_read_and_ends_with_2(tmp_path: Path) -> None:
    """It says nothing of the log: the next try may fetch all of it."""
    write_log(tmp_path, lines(300))
    with served(tmp_path, BreakingOff) as address:
        result = run("verify", address)
    assert result.exit_code == 2
    assert f"not read: {address}/log/tile/entries/000 broke off" in result.output


def test_a_stranger_needs_no_database_and_no_settings(tmp_path: Path) -> None:
    write_log(tmp_path, lines(3))
    code = (
        "import sys; from undersigned.config.command_line import undersigned;"
        f"undersigned(['log', 'verify', {str(tmp_path)!r}], standalone_mode=False);"
        "sys.exit(any(name.startswith(('django.db', 'django.conf', 'undersigned.config.settings'))"
        " or name.endswith('.models') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "3 entries" in done.stdout


def test_who_waits_for_two_seconds_sees_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_log(tmp_path, lines(600))
    monkeypatch.setattr("undersigned.config.command_line.waiting.QUIET_SECONDS", 0)
    result = run("verify", tmp_path)
    assert result.exit_code == 0
    assert "entries" in result.stderr


# --- The keys ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def log(letter: Letter) -> Log:
    sequence_step(NOON)
    return Log.objects.get(origin=letter.origin)


def test_a_key_is_followed_by_another_one_and_retired(letter: Letter, log: Log) -> None:
    [old] = keys_of(log).verifiers()
    assert run("rotate", letter.slug).exit_code == 0
    assert Letter.objects.get().revision > letter.revision  # the pages that name the keys are baked anew
    raw = (folder_of(log) / "checkpoint").read_bytes()
    both = keys_of(log).verifiers()
    assert all(open_checkpoint(raw, [key]) for key in both)
    result = run("rotate", letter.slug, "--retire")
    assert f"retired: {old.text}" in result.output
    with pytest.raises(NotANote):
        open_checkpoint((folder_of(log) / "checkpoint").read_bytes(), [old])
    assert (folder_of(log) / "keys.txt").read_text() == run("keys", letter.slug).output == keys_of(log).text
    acts = AuditRecord.objects.filter(act__startswith="log key").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["log key made", "log key retired"]
    assert run("verify", folder_of(log)).exit_code == 0


def test_a_head_that_was_kept_from_before_a_rotation_is_checked_with_both_keys(
    letter: Letter, log: Log, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes((folder_of(log) / "checkpoint").read_bytes())
    run("rotate", letter.slug)
    run("rotate", letter.slug, "--retire")
    old, new = (key.text for key in keys_of(log).verifiers())
    told = run("verify", folder_of(log), "--since", kept, "--key", new)
    assert told.exit_code == 1
    assert f"retired: {old}" in told.output
    told = run("verify", folder_of(log), "--since", kept, "--key", new, "--key", old)
    assert told.exit_code == 0
    assert f"signed with {new}\n" in told.output


def test_the_only_key_is_not_retired(letter: Letter, log: Log) -> None:
    result = run("rotate", letter.slug, "--retire")
    assert result.exit_code == 1
    assert len(keys_of(log).signers()) == 1


# --- The files --------------------------------------------------------------------------------------------------------


def test_check_names_a_file_that_is_lost_and_how_it_is_made_again(letter: Letter, log: Log) -> None:
    look = CHECKS["logs"]
    assert look() == "1 opened"
    whole = files_in(folder_of(log))
    (folder_of(log) / "tile/0/000.p/2").unlink()
    with pytest.raises(NotInOrder, match=r"1 files are missing, tile/0/000\.p/2 first"):
        look()
    (folder_of(log) / "checkpoint").unlink()
    sequence_step(NOON)
    assert look() == "1 opened"
    assert files_in(folder_of(log)) == whole


# --- Receipts ---------------------------------------------------------------------------------------------------------


def test_a_receipt_is_checked(letter: Letter, tmp_path: Path) -> None:
    signature = sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    found = receipt_of(Signature.objects.get(pk=signature.pk))
    assert found
    file = tmp_path / "receipt.json"
    file.write_bytes(found.raw)
    for arguments in ((), ("--key", found.keys[0].text)):
        result = run("receipt", file, *arguments)
        assert result.exit_code == 0
        assert f"good: entry 2 of {letter.origin}" in result.output
        assert SOMI.name in result.output
        assert ("The key was read from the receipt itself" in result.output) == (not arguments)
    assert run("receipt", file, "--key", KEY.verifier.text).exit_code == 1
    file.write_bytes(found.raw.replace(b"supporter", b"person"))
    assert run("receipt", file).exit_code == 1
    assert run("receipt", file, "--key", "nonsense").exit_code == 2


# --- After an older backup --------------------------------------------------------------------------------------------


def test_an_older_record_takes_over_what_was_published(letter: Letter, log: Log) -> None:
    gone = sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    with transaction.atomic():  # what is lost to the record, and published all the same
        withdraw([gone.pk], NOON)
        sign_and_confirm(Person("윤새벽", "saebyeok@mail.example", typed=SOMI.typed), letter)
        sequence_step(NOON)
        transaction.set_rollback(True)
    told = run("adopt", letter.slug, "--dry-run")
    for words in ("record lacked: 2", "erased again: 1", "taken back in the log: 1", "Nothing was changed"):
        assert words in told.output
    assert Signature.objects.get(pk=gone.pk).state == State.LISTED
    assert run("adopt", letter.slug).exit_code == 0
    assert Signature.objects.get(pk=gone.pk).state == State.WITHDRAWN
    sequence_step(NOON)
    assert run("verify", folder_of(log)).exit_code == 0
    assert "nothing to do" in run("adopt", letter.slug).output


@pytest.mark.parametrize("published_more", [True, False])
def test_how_many_wait_is_told_since_the_log_cannot_tell_whether_they_withdrew(
    letter: Letter, log: Log, published_more: bool, settings: Settings
) -> None:
    settings.HIDDEN_BATCH = 3
    hidden = [sign_and_confirm(person, letter) for person in (AMAL, BILGE)]
    asked = sign_and_confirm(OYUN, letter)
    sequence_step(NOON)
    with transaction.atomic():
        withdraw([hidden[0].pk, asked.pk], NOON)
        if published_more:
            sign_and_confirm(SOMI, letter)
        sequence_step(NOON)
        transaction.set_rollback(True)
    told = run("adopt", letter.slug).output
    assert "wait for the desk: 1\n" in told
    assert "wait for their number or their batch in the log: 2\n" in told
    assert ("record lacked: 1\n" in told) == published_more
    assert "withdraw once more" in told
    states = Signature.objects.filter(pk__in=[hidden[0].pk, asked.pk]).values_list("state", flat=True)
    assert set(states) == {State.LISTED, State.CONFIRMED}
    withdraw([hidden[0].pk, hidden[1].pk, asked.pk], NOON)
    assert "wait" not in run("adopt", letter.slug).output


def test_a_correction_that_is_lost_is_shown_by_the_address_of_the_sign_on(letter: Letter, log: Log) -> None:
    signature = sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    with transaction.atomic():
        correct(signature, Card("Na Somi"), NOON)
        accept_correction(signature, SECRETARY, NOON)
        sequence_step(NOON)
        transaction.set_rollback(True)
    told = run("adopt", letter.slug).output
    assert f"shown as before: https://letters.example/desk/{letter.slug}/signatories/{signature.pk}/" in told
    assert "Somi" not in told


def test_who_restores_an_older_backup_is_told_of_the_log_and_the_pages_stay(
    letter: Letter, log: Log, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUBLIC_ROOT = tmp_path / "public"
    file = tmp_path / "backup"
    file.write_bytes(b"the record as it was before, which it is again when the transaction has ended")
    monkeypatch.setattr(backing_up, "restore", lambda *told, **how: None)
    gone = sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    with transaction.atomic():
        withdraw([gone.pk], NOON)
        sequence_step(NOON)
        transaction.set_rollback(True)
    told = CliRunner().invoke(undersigned, ["restore", str(file), "--identity", str(file)])
    assert told.exit_code == 0
    assert "undersigned log adopt" in told.stderr
    assert not (settings.PUBLIC_ROOT / letter.slug).exists()
    assert run("adopt", letter.slug).exit_code == 0
    told = CliRunner().invoke(undersigned, ["restore", str(file), "--identity", str(file)])
    assert told.stderr == ""
    assert (settings.PUBLIC_ROOT / letter.slug / "en/index.html").exists()
