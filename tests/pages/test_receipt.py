"""A receipt is asked for with open eyes, taken away as a file, and checked in a browser and by others."""

import io
import shlex
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django.fixtures import Settings

from tests.ledger.oracle.program import Oracle
from tests.ledger.paper import EITHER, OPENED, SALT, other_openings
from tests.ledger.paper import receipt_of as on_paper
from tests.pages.conftest import Crumbs
from tests.people import AMAL, BILGE, SOMI
from tests.stage import NOON, post, sign_and_confirm, text_of
from undersigned.config.command_line import undersigned
from undersigned.config.worker import sequence_step
from undersigned.intake.headers import safety_of, type_of
from undersigned.ledger.events import Event, Tallied
from undersigned.ledger.keys import LogKeys
from undersigned.ledger.models import Log
from undersigned.ledger.receipt import Opening, Receipt
from undersigned.ledger.rotate import retire, rotate
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.pages.assets import address
from undersigned.pages.bakery import bake_all
from undersigned.pages.receipt import check_page, evidence, packed
from undersigned.signing.models import Signature
from undersigned.signing.receipts import receipt_of
from undersigned.signing.sign import private_path

SITE = "https://letters.example"


@pytest.fixture(autouse=True)
def _two_may_hide(settings: Settings) -> None:
    settings.HIDDEN_BATCH = 2


@pytest.fixture
def signature(letter: Letter) -> Signature:
    """Somi's, in the published log."""
    signed = sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    return Signature.objects.select_related("letter").get(pk=signed.pk)


def receipt(signature: Signature) -> Receipt:
    found = receipt_of(Signature.objects.get(pk=signature.pk))
    assert found
    return found


def files_in(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- Taking it away ---------------------------------------------------------------------------------------------------


def test_a_receipt_is_handed_over_on_a_press_after_it_was_said_what_it_is(client: Client, signature: Signature) -> None:
    path = private_path(signature.pk, now())
    page = client.get(path)
    assert evidence() in text_of(page)
    assert "undersigned/receipt/v1" not in text_of(page)
    answer = post(client, path, {"action": "receipt"})
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    files = files_in(answer.content)
    assert set(files) == {"README.txt", "receipt.json", "entry-2", "entry-2.tlog-proof", "entry-2.spicy"}
    assert evidence() in files["README.txt"].decode()
    assert Receipt.parse(files["receipt.json"]) == receipt(signature)


def test_no_other_site_can_have_it_handed_over(client: Client, signature: Signature) -> None:
    path = private_path(signature.pk, now())
    assert client.get(path, {"action": "receipt"}).headers["Content-Type"].startswith("text/html")
    answer = post(client, path, {"action": "receipt"}, **{"Sec-Fetch-Site": "cross-site"})
    assert answer.headers["Content-Type"].startswith("text/html")


def test_before_the_entry_is_in_the_log_there_is_no_receipt(client: Client, letter: Letter) -> None:
    signature = sign_and_confirm(SOMI, letter)
    path = private_path(signature.pk, now())
    assert evidence() not in text_of(client.get(path))
    assert "not ready yet" in text_of(post(client, path, {"action": "receipt"}))


def test_who_hides_has_one_on_request_that_tells_nothing_of_them(client: Client, letter: Letter) -> None:
    signatures = [sign_and_confirm(person, letter) for person in (AMAL, BILGE)]
    sequence_step(NOON)
    answer = post(client, private_path(signatures[0].pk, now()), {"action": "receipt"})
    content = b"".join(files_in(answer.content).values())
    assert b'"nonce"' in content
    assert AMAL.name.encode() not in content


def test_the_file_tells_no_time_of_its_own(signature: Signature) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(receipt(signature)))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_others_check_the_entry_with_either_proof(signature: Signature, oracle: Oracle, tmp_path: Path) -> None:
    found = receipt(signature)
    for name, content in files_in(packed(found)).items():
        (tmp_path / name).write_bytes(content)
    for proof in ("tlog-proof", "spicy"):
        assert not oracle("proof", tmp_path / "entry-2", tmp_path / f"entry-2.{proof}", found.keys[0].text)


def test_the_command_on_the_page_and_in_the_file_is_good_for_a_receipt_from_before_a_rotation_and_from_amid_it(
    letter: Letter, signature: Signature, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log.objects.get(origin=letter.origin)
    before = packed(receipt(signature))
    rotate(log.pk, NOON)
    amid = packed(receipt(signature))
    retire(log.pk, NOON)
    monkeypatch.chdir(tmp_path)
    for content in (before, amid, packed(receipt(signature))):
        files = files_in(content)
        Path("receipt.json").write_bytes(files["receipt.json"])
        [readme] = [line for line in files["README.txt"].decode().splitlines() if "log receipt" in line]
        for command in (check_page(letter, "en").command, readme):
            assert CliRunner().invoke(undersigned, shlex.split(command)[1:]).exit_code == 0


# --- Checking it in a browser -----------------------------------------------------------------------------------------


@pytest.fixture
def open_page(
    browser: Browser, letter: Letter, signature: Signature, crumbs: Callable[[], Crumbs]
) -> Generator[Callable[..., Page]]:
    """Opens a baked page as our server gives it out, headers and all; nothing else can be reached."""
    bake_all(NOON)
    files = crumbs()
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path[1:]
        path = f"{path}index.html" if path.endswith("/") else path
        if path not in files or not route.request.url.startswith(SITE):
            faults.append(route.request.url)
            route.abort()
            return
        headers = dict(safety_of(path)) | {"Content-Type": type_of(path) or ""}
        route.fulfill(body=files[path], headers=headers)

    def open_page(language: str = "en", script: str = "", **options: object) -> Page:
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
        contexts[-1].route("**/*", serve)
        contexts[-1].add_init_script(script)
        page = contexts[-1].new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(f"{SITE}/{letter.slug}/{language}/receipt/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


def check(page: Page, content: bytes) -> str:
    """What the page says of a receipt."""
    before = page.get_by_role("status").inner_text()
    page.locator("#receipt").set_input_files(
        {"name": "receipt.json", "mimeType": "application/json", "buffer": content}
    )
    if before:
        expect(page.get_by_role("status")).not_to_have_text(before)
    else:
        expect(page.get_by_role("status")).not_to_be_empty()
    return page.get_by_role("status").inner_text()


def test_a_receipt_is_checked_without_leaving_the_device(open_page: Callable[..., Page], signature: Signature) -> None:
    page = open_page()
    said = check(page, receipt(signature).raw)
    assert "This receipt is good: entry 2 is in the log, under a checkpoint of 3 entries." in said
    assert f'"name":"{SOMI.name}"' in said
    assert "Nothing is shown yet" not in said
    assert "유효한 접수증입니다" in check(open_page("ko"), receipt(signature).raw)
    assert "此凭证有效" in check(open_page("zh-Hans"), receipt(signature).raw)


def test_a_receipt_that_was_changed_is_seen(open_page: Callable[..., Page], signature: Signature) -> None:
    raw = receipt(signature).raw
    for old, new in (
        (b" signed ", b" merged "),
        (b"index 2", b"index 1"),
        (SOMI.name.encode(), "나소라".encode()),
        (b'"salt": "', b'"salt": "00'),
        (b"\\n3\\n", b"\\n4\\n"),
        ("— ".encode(), "— x".encode()),
        (signature.letter.origin.encode(), b"letters.example/tunnel"),
        (f'"origin": "{signature.letter.origin}"'.encode(), b'"origin": "letters.example/tunnel"'),
    ):
        assert old in raw, old
        assert "This receipt does not hold" in check(open_page(), raw.replace(old, new)), old


@pytest.mark.parametrize(("event", "kind", "is_nonce"), OPENED)
def test_what_opens_an_entry_can_be_read_in_one_way_alone(
    open_page: Callable[..., Page], letter: Letter, event: Event, kind: Tallied, is_nonce: bool
) -> None:
    page = open_page()
    keys = LogKeys(settings.KEYS, letter.origin).signers()
    opening = Opening(SALT, EITHER, is_nonce)
    assert "This receipt is good" in check(page, on_paper(event, kind, opening, keys, letter.origin).raw)
    for other in other_openings(opening):
        assert "This file is not a receipt." in check(page, b"nonsense")
        assert "does not hold" in check(page, on_paper(event, kind, other, keys, letter.origin).raw), other


def test_a_signature_that_does_not_fit_is_seen(open_page: Callable[..., Page], signature: Signature) -> None:
    raw = receipt(signature).raw
    end = raw.index(b'",\n   "opening"') - 20
    changed = raw[:end] + (b"A" if raw[end : end + 1] != b"A" else b"B") + raw[end + 1 :]
    assert "This receipt does not hold" in check(open_page(), changed)


WITHOUT_ED25519 = "crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))"


def test_where_the_browser_knows_no_such_signature_no_receipt_is_called_good(
    open_page: Callable[..., Page], signature: Signature
) -> None:
    """Anybody could make a checkpoint that fits; only the log can sign it."""
    found = receipt(signature)
    forged = found.raw.replace(b" signed ", b" merged ")
    for language, (first, good, changed) in {
        "en": ("Nothing is shown yet: entry 2 fits the checkpoint of 3 entries in this file", "good", "does not hold"),
        "ko": ("아직 확인된 것이 없습니다.", "유효한 접수증", "유효하지 않은 접수증"),
        "zh-Hans": ("尚未证实任何内容", "有效", "此凭证无效"),
    }.items():
        page = open_page(language, script=WITHOUT_ED25519)
        said = check(page, found.raw)
        assert said.startswith(first)
        assert good not in said
        assert changed in check(page, forged)


def test_what_is_no_receipt_is_said_to_be_none(open_page: Callable[..., Page]) -> None:
    page = open_page()
    assert "This file is not a receipt." in check(page, b"nonsense")


def test_without_javascript_the_page_names_the_command(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    assert not page.locator("#receipt").is_visible()
    assert "undersigned log receipt receipt.json --key 'letters.example/open-the-bridge+" in page.content()
    assert page.get_by_text("Without JavaScript").is_visible()


def test_the_checker_is_on_its_own_page_only(letter: Letter, crumbs: Callable[[], Crumbs]) -> None:
    sequence_step(NOON)
    bake_all(NOON)
    with_it = {path for path, html in crumbs().items() if address("receipt.js").encode() in html}
    assert with_it == {f"{letter.slug}/{language}/receipt/index.html" for language in letter.languages}
