"""Caches are told what to forget, by a program of the operator's, whatever goes wrong."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from pytest_django.fixtures import Settings

from tests.people import SOMI
from tests.stage import HOUR, NOON, number_entries, sign_and_confirm
from tests.trouble import cut_the_power_at_each_step
from undersigned.config.command_line.checking import CHECKS, NotInOrder
from undersigned.config.purging import PurgeFailed, make_purge
from undersigned.letters.models import Letter
from undersigned.lib.env import Misconfigured, env_command
from undersigned.pages.bakery import bake_due, public_folder
from undersigned.signing.withdraw import withdraw

SECOND = timedelta(seconds=1)
PROGRAM = """
import json, os, pathlib, sys, time
place = pathlib.Path(sys.argv[1])
told = sys.stdin.read()
with (place / "told").open("a") as file:
    file.write(json.dumps({"told": told.splitlines(), "argv": sys.argv[1:], "env": dict(os.environ)}) + "\\n")
if (place / "stuck").exists():
    time.sleep(600)  # until it is ended
sys.exit(3 if (place / "broken").exists() else 0)
"""


class Cdn:
    """A cache in front, as its program knows it: what it was told, and whether it is out of order."""

    def __init__(self, place: Path) -> None:
        self.place = place
        place.mkdir()
        (place / "program.py").write_text(PROGRAM)
        self.command = (sys.executable, str(place / "program.py"), str(place))

    def runs(self) -> list[dict[str, list[str]]]:
        told = self.place / "told"
        return [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []

    def told(self) -> list[list[str]]:
        return [run["told"] for run in self.runs()]

    def is_(self, trouble: str) -> Path:
        (self.place / trouble).touch()
        return self.place / trouble


@pytest.fixture
def cdn(tmp_path: Path, settings: Settings) -> Cdn:
    cdn = Cdn(tmp_path / "cdn")
    settings.PUBLIC_ROOT = tmp_path / "data" / "public"
    settings.PURGE_COMMAND = cdn.command
    return cdn


def purge() -> Callable[..., None]:
    return make_purge(Event()).run


def publish(text: bytes = b"new") -> None:
    folder = public_folder()
    with folder.lock():
        folder.publish({"a/en/index.html": text, "a/letter.json": text, "index.html": b"always", "moved.json": text})


def test_a_withdrawal_reaches_the_caches_address_by_address(letter: Letter, cdn: Cdn) -> None:
    signature = sign_and_confirm(SOMI, letter)
    number_entries(letter)
    bake_due(NOON + HOUR)
    purge()(NOON + HOUR)
    withdraw([signature.pk], NOON + 2 * HOUR)
    bake_due(NOON + 2 * HOUR)
    purge()(NOON + 2 * HOUR)
    told = cdn.told()[-1]
    assert {f"/{letter.slug}/{language}/" for language in letter.languages} < set(told)
    assert f"/{letter.slug}/letter.json" in told
    assert f"/{letter.slug}/en/privacy/" not in told  # which is as it was
    assert SOMI.name not in json.dumps(cdn.runs(), ensure_ascii=False)
    assert len(cdn.told()) == 2
    purge()(NOON + 3 * HOUR)
    assert len(cdn.told()) == 2


def test_what_several_bakes_changed_is_told_together_and_once(cdn: Cdn) -> None:
    for text in (b"1", b"2"):
        publish(text)
    purge()(NOON)
    assert cdn.told() == [["/", "/a/en/", "/a/letter.json"]]


def test_where_nothing_changed_nothing_is_told(cdn: Cdn) -> None:
    publish()
    purge()(NOON)
    publish()
    purge()(NOON)
    assert len(cdn.told()) == 1


def test_a_program_that_fails_is_asked_again_after_a_second_then_two_then_four(cdn: Cdn) -> None:
    broken = cdn.is_("broken")
    publish()
    tried = []
    for second in range(16):
        before = len(cdn.told())
        try:
            purge()(NOON + second * SECOND)
        except PurgeFailed:
            tried.append(second)
        assert len(cdn.told()) - before == (second in tried)
    assert tried == [0, 1, 3, 7, 15]
    for _ in range(20):
        public_folder().recalls.fail(NOON)
    failure = public_folder().recalls.failure()
    assert failure
    assert failure.again_at == NOON + 60 * SECOND
    with pytest.raises(NotInOrder, match="failed 25 times in a row; 1 bakes wait"):
        CHECKS["caches"]()
    broken.unlink()
    purge()(NOON + 61 * SECOND)
    assert cdn.told()[-1] == ["/", "/a/en/", "/a/letter.json"]
    assert public_folder().recalls.failure() is None
    assert str(cdn.command[0]) in CHECKS["caches"]()


def test_what_was_baked_while_the_program_failed_is_told_with_the_rest(cdn: Cdn) -> None:
    broken = cdn.is_("broken")
    publish(b"1")
    with pytest.raises(PurgeFailed, match="exit code 3"):
        purge()(NOON)
    folder = public_folder()
    with folder.lock():
        folder.publish({"b.html": b"later"})
    broken.unlink()
    purge()(NOON + SECOND)
    assert cdn.told()[-1] == ["/", "/a/en/", "/a/letter.json", "/b.html"]


def test_a_crash_at_any_step_of_a_bake_leaves_nothing_untold_that_went_live(
    cdn: Cdn, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(b"1")
    purge()(NOON)
    page, lived = public_folder().root / "a/en/index.html", 0
    for _ in cut_the_power_at_each_step(lambda: publish(b"2"), monkeypatch):
        with public_folder().lock():  # the next baker, who sweeps up
            is_live = page.read_bytes() == b"2"
        if is_live:
            lived += 1
            runs = len(cdn.told())
            purge()(NOON)
            assert len(cdn.told()) == runs + 1
            assert "/a/en/" in cdn.told()[-1]
        publish(b"1")
        purge()(NOON)
    assert lived > 5


def test_a_bake_waits_for_no_program_and_two_workers_do_not_tell_at_once(cdn: Cdn) -> None:
    publish(b"1")
    with public_folder().recalls.turn() as is_ours:
        assert is_ours
        publish(b"2")
        purge()(NOON)
        assert not cdn.told()
    purge()(NOON)
    assert len(cdn.told()) == 1


def test_a_run_is_broken_off_when_the_worker_stops_and_made_again_later(cdn: Cdn) -> None:
    publish()
    stuck, stopped = cdn.is_("stuck"), Event()

    class StoppedMeanwhile(Event):
        def is_set(self) -> bool:
            return bool(cdn.told())

    with pytest.raises(PurgeFailed):
        make_purge(StoppedMeanwhile()).run(NOON)
    assert public_folder().recalls.failure() is None
    stuck.unlink()
    make_purge(stopped).run(NOON)
    assert cdn.told() == [["/", "/a/en/", "/a/letter.json"]] * 2


def test_the_program_is_told_nothing_of_our_settings_but_the_sites_address(
    cdn: Cdn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSIGNED_MAIL_PASSWORD", "a secret")
    monkeypatch.setenv("CDN_TOKEN", "of the operator's own")
    publish()
    purge()(NOON)
    [run] = cdn.runs()
    ours = {name: value for name, value in dict(run["env"]).items() if name.startswith("UNDERSIGNED_")}
    assert ours.keys() == {"UNDERSIGNED_SITE_URL"}
    assert dict(run["env"])["CDN_TOKEN"] == "of the operator's own"
    assert run["argv"] == list(cdn.command[2:])


def test_without_a_command_nothing_is_written_down(cdn: Cdn, settings: Settings) -> None:
    settings.PURGE_COMMAND = ()
    publish()
    assert not public_folder().recalls.waiting()
    purge()(NOON)
    assert "keep a page for a minute" in CHECKS["caches"]()


def test_a_program_that_is_not_there_is_a_failure_and_check_names_it(cdn: Cdn, settings: Settings) -> None:
    settings.PURGE_COMMAND = ("/no/such/program",)
    publish()
    with pytest.raises(PurgeFailed, match="No such file"):
        purge()(NOON)
    with pytest.raises(NotInOrder, match="there is no program /no/such/program"):
        CHECKS["caches"]()


def test_a_command_is_split_as_a_shell_would_without_asking_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSIGNED_PURGE_COMMAND", "/usr/bin/purge --zone 'a b' $HOME")
    assert env_command("UNDERSIGNED_PURGE_COMMAND") == ("/usr/bin/purge", "--zone", "a b", "$HOME")
    monkeypatch.setenv("UNDERSIGNED_PURGE_COMMAND", "purge 'half")
    with pytest.raises(Misconfigured, match="quotes in pairs"):
        env_command("UNDERSIGNED_PURGE_COMMAND")
    monkeypatch.delenv("UNDERSIGNED_PURGE_COMMAND")
    assert env_command("UNDERSIGNED_PURGE_COMMAND") == ()
