"""Private links, mails, and the audit trail at the desk."""

import ast
import os
import re
from email.message import EmailMessage
from pathlib import Path

from django.test import Client
from pytest_django.fixtures import Settings

import undersigned
from tests.desk.conftest import page
from tests.people import OYUN
from tests.stage import NOON, sign_on
from undersigned.desk.audit import SENTENCES, sentence
from undersigned.letters import links
from undersigned.letters.models import AuditRecord, Letter, PrivateLink
from undersigned.post.models import Mail


def test_a_link_is_told_once_in_each_language_and_revoked(desk: Client, embargoed: Letter) -> None:
    answer = desk.post(f"/desk/{embargoed.slug}/links/", {"purpose": "invitation", "label": "members"})
    found = re.findall(r"https://letters\.example/i/([\w-]+)/([\w-]+)/", answer.content.decode())
    assert [tag for _, tag in found] == ["ko", "en", "zh-Hans"]
    token = found[0][0]
    assert token not in page(desk, embargoed, "links/")
    link = links.find(token, PrivateLink.Purpose.INVITATION, NOON)
    assert link
    address = f"/desk/{embargoed.slug}/links/{link.pk}/revoke/"
    assert desk.post(address).status_code == 302
    assert links.find(token, PrivateLink.Purpose.INVITATION, NOON) is None
    assert desk.post(address).status_code == 404


def test_a_link_needs_a_label_and_a_purpose(desk: Client, embargoed: Letter) -> None:
    answer = desk.post(f"/desk/{embargoed.slug}/links/", {"purpose": "preview", "label": "  "})
    assert answer.status_code == 422
    assert 'id="label-refused"' in answer.content.decode()
    assert 'id="preview" value="preview" checked' in answer.content.decode()
    assert desk.post(f"/desk/{embargoed.slug}/links/", {"purpose": "key", "label": "x"}).status_code == 404
    assert not PrivateLink.objects.exists()


def test_mails_are_counted_by_state_and_never_say_to_whom(desk: Client, letter: Letter) -> None:
    sign_on(OYUN, letter)
    topic = str(letter.pk)
    Mail.objects.create(
        audience=b"x", topic=topic, state="bounced", created_at=NOON, next_attempt_at=NOON, reply_code=550
    )
    text = page(desk, letter, "mails/")
    assert "asks for confirmation" in text
    assert OYUN.email not in text
    bounced = page(desk, letter, "mails/", state="bounced")
    assert ">550<" in bounced
    assert ">550<" not in page(desk, letter, "mails/", state="sent")


def mail(folder: Path, name: str, subject: str, body: str) -> None:
    message = EmailMessage()
    message["To"] = "somi@mail.example"
    message["Subject"] = subject
    message.set_content(body)
    (folder / name).write_bytes(message.as_bytes())


def test_the_demonstrations_mails_are_read_at_the_desk(desk: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MAIL_FOLDER = str(tmp_path)
    mail(tmp_path, "1.eml", "요청하신 내용을 확인해 주십시오", "링크: https://letters.example/s/abc/ <b>")
    mail(tmp_path, "2.eml", "A later one", "Text")
    os.utime(tmp_path / "1.eml", (1, 1))
    listed = desk.get("/desk/mails/").content.decode()
    assert listed.index("A later one") < listed.index("요청하신 내용을 확인해 주십시오")
    text = desk.get("/desk/mails/1.eml/").content.decode()
    assert '<a href="https://letters.example/s/abc/"' in text
    assert "&lt;b&gt;" in text
    assert "somi@mail.example" in text


def test_no_other_file_is_read_as_a_mail(desk: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MAIL_FOLDER = str(tmp_path / "mail")
    (tmp_path / "mail").mkdir()
    mail(tmp_path, "outside.eml", "Outside", "Text")
    for name in ("..%2Foutside.eml", "../outside.eml", "%2e%2e/outside.eml", "outside.eml", "x"):
        assert desk.get(f"/desk/mails/{name}/").status_code == 404, name
    settings.MAIL_FOLDER = ""
    assert desk.get("/desk/mails/").status_code == 404


def test_every_act_that_is_recorded_anywhere_has_its_sentence() -> None:
    acts = set()
    for file in Path(undersigned.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and len(node.args) >= 3:
                acts |= {leaf.value for leaf in ast.walk(node.args[2]) if isinstance(leaf, ast.Constant)}
    assert len(acts) > 10
    assert acts <= set(SENTENCES)


def test_the_trail_names_the_keys_of_the_log(letter: Letter) -> None:
    fact = AuditRecord(letter=letter, act="log key made", facts={"keys": ["letters.example/ferry+1a2b3c4d+AbC="]})
    assert sentence(fact) == "A new key signs the letter’s log: letters.example/ferry+1a2b3c4d+AbC="


def test_the_trail_tells_who_did_what(desk: Client, letter: Letter) -> None:
    desk.post(f"/desk/{letter.slug}/sign-ons/", {"to": "closed"})
    text = page(desk, letter, "audit/")
    assert "Sign-ons were set to “closed”." in text
    assert "Secretary of the coalition" in text
    assert "the clock" in text
    assert "The letter was released, as planned for 2026-11-10 11:00, UTC." in text
    assert letter.frozen
    assert letter.frozen.hex_digest in text
