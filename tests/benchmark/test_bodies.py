from urllib.parse import parse_qs

from benchmark.bodies import names, supporters
from undersigned.lib.addresses import EmailAddress
from undersigned.lib.names import clean_name

FORMS = supporters("one-letter", "ab" * 32, "001x")
NUMBER = 3000


def test_no_two_forms_name_one_mailbox() -> None:
    later = supporters("one-letter", "ab" * 32, "002x")
    bodies = [forms.body(number) for forms in (FORMS, later) for number in range(NUMBER)]
    assert len({parse_qs(body)["email"][0] for body in bodies}) == 2 * NUMBER


def test_forms_hold_what_a_supporter_must_say_and_are_taken_as_they_are() -> None:
    for number in range(300):
        typed = {name: values[0] for name, values in parse_qs(FORMS.body(number), strict_parsing=False).items()}
        assert typed.keys() - {"country"} == {"name", "email", "visibility", "version", "consent", "age"}
        assert EmailAddress.parse(typed["email"]).value == typed["email"]
        assert clean_name(typed["name"], "name", 120) == typed["name"]


def test_names_are_of_several_scripts() -> None:
    letters = "".join(names())
    for first, last in (("가", "힣"), ("一", "鿿"), ("a", "z")):
        assert any(first <= letter <= last for letter in letters)


def test_forms_come_from_the_pages_of_all_languages() -> None:
    assert {FORMS.path(number) for number in range(9)} == {
        f"/one-letter/{language}/sign/supporter/" for language in ("ko", "en", "zh-Hans")
    }
