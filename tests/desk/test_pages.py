"""Every page of the desk, in every language of the interface."""

import pytest
from django.test import Client
from django.utils import translation

from tests.desk.conftest import page
from tests.people import OYUN
from tests.stage import sign_and_confirm
from undersigned.desk.models import User
from undersigned.letters.models import Letter

PAGES = (
    *("", "draft/", "queue/", "signatories/", "links/", "release/", "mails/", "audit/", "address/", "archive/"),
    *("press/", "press/release/ko/", "press/new/logo/", "share/"),
)


def test_what_one_request_speaks_no_other_hears(desk: Client, secretary: User) -> None:
    User.objects.filter(pk=secretary.pk).update(language="ko")
    before = translation.get_language()
    assert '<html lang="ko"' in desk.get("/desk/").content.decode()
    desk.post("/desk/accounts/language/", {"language": "zh-hans"})
    assert translation.get_language() == before


@pytest.mark.parametrize("language", ["ko", "en", "zh-hans"])
def test_every_page_renders_in_every_language(desk: Client, letter: Letter, secretary: User, language: str) -> None:
    User.objects.filter(pk=secretary.pk).update(language=language)
    sign_and_confirm(OYUN, letter)
    for path in (*PAGES, "draft/freeze/"):
        text = page(desk, letter, path)
        assert f'<html lang="{language.replace("hans", "Hans")}" dir="ltr">' in text, path
    for path in ("/desk/", "/desk/accounts/", "/desk/readers/", "/accounts/2fa/", "/accounts/password/change/"):
        assert desk.get(path).status_code in (200, 302), path
