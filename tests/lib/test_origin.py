import pytest

from undersigned.lib.origin import is_from_elsewhere, is_from_here

HOST = "letters.example"
OWN = "https://letters.example"


@pytest.mark.parametrize(
    ("site", "origin", "here", "elsewhere"),
    [
        ("same-origin", OWN, True, False),
        ("same-origin", "null", True, False),  # our own page that lets no address out
        ("none", None, True, False),
        ("cross-site", "null", False, True),  # a file, or a frame without an origin
        ("cross-site", "https://mirror.example", False, True),
        ("same-site", "https://other.letters.example", False, True),
        (None, None, True, False),  # an old browser, or none
        (None, OWN, True, False),
        (None, "http://letters.example", True, False),
        (None, "https://mirror.example", False, True),
        (None, "null", False, False),  # nobody can tell
        (None, "https://letters.example.evil.example", False, True),
    ],
)
def test_where_a_form_came_from_is_what_the_browser_says(
    site: str | None, origin: str | None, here: bool, elsewhere: bool
) -> None:
    assert is_from_here(site, origin, HOST) == here
    assert is_from_elsewhere(site, origin, HOST) == elsewhere
