import pytest

from tests.stage import NOON
from undersigned.signing.models import Organisation
from undersigned.signing.register import Identity, alike, enter, find, learn

pytestmark = pytest.mark.django_db

BRIDGE = Identity({"": "The Bridge Society", "ko": "다리협회"}, "https://www.bridge-society.example/en/", "KR")


@pytest.fixture
def society() -> Organisation:
    """An organisation that the register has."""
    return enter(BRIDGE, NOON)


@pytest.mark.parametrize(
    "name",
    [
        "The Bridge Society",
        "bridge society",
        "BRIDGE SOCIETY, Inc.",
        "Bridge Society (BS)",
        "다리협회",
        "(사) 다리협회",
    ],
)
def test_an_organisation_is_found_by_its_name_however_it_is_written(society: Organisation, name: str) -> None:
    assert find(Identity({"": name})) == society


@pytest.mark.parametrize("website", ["bridge-society.example", "http://blog.bridge-society.example/x", BRIDGE.website])
def test_an_organisation_is_found_by_its_domain(society: Organisation, website: str) -> None:
    assert find(Identity({"": "Another name"}, website)) == society


@pytest.mark.parametrize("name", ["Bridge Company", "Ferry Society", "다리재단"])
def test_another_name_is_another_organisation(society: Organisation, name: str) -> None:
    assert find(Identity({"": name})) is None


@pytest.mark.parametrize("host", ["facebook.com", "blog.naver.com", "sites.google.com", "medium.com"])
def test_two_pages_on_one_platform_are_two_organisations(host: str) -> None:
    enter(Identity({"": "One"}, f"https://{host}/one"), NOON)
    assert find(Identity({"": "Two"}, f"https://{host}/two")) is None


def test_what_an_organisation_is_also_called_is_added_and_nothing_is_lost(society: Organisation) -> None:
    learn(society, Identity({"": "Society of the Bridge", "ko": "다리협회"}, "https://bridge.example"))
    assert {name.name for name in society.names.all()} == {"The Bridge Society", "다리협회", "Society of the Bridge"}
    assert {row.domain for row in society.domains.all()} == {"bridge-society.example", "bridge.example"}


def test_a_domain_stays_with_whom_it_belongs_to(society: Organisation) -> None:
    other = enter(Identity({"": "Ferry Society"}), NOON)
    learn(other, Identity({"": "Ferry Society"}, BRIDGE.website))
    assert not other.domains.exists()


def test_learning_twice_adds_nothing(society: Organisation) -> None:
    learn(society, BRIDGE)
    assert society.names.count() == 2


def test_those_that_may_be_the_same_are_shown_for_a_person_to_decide(society: Organisation) -> None:
    ferry = enter(Identity({"": "Ferry Society"}), NOON)
    assert set(alike(Identity({"": "Ferry Society"}, BRIDGE.website))) == {society, ferry}
    assert alike(Identity({"": "Nobody"})) == []
