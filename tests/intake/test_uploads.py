"""A picture from the desk passes through the door, a few at a time; nobody else can send as much."""

from contextlib import ExitStack

import pytest

from tests.intake.asking import DeskBehind, Reader, converse, http, scope_of
from undersigned.intake.uploads import AT_ONCE, LIMIT_BYTES

PICTURE = b"p" * 3_000_000
FORM = {"content_type": "multipart/form-data; boundary=x", "cookie": "csrftoken=c; sessionid=s"}
PATH = "/desk/stories/lamps-at-the-ferry/text/"


@pytest.fixture
def welcoming(desk: DeskBehind) -> DeskBehind:
    """A desk that says how much it was sent."""
    desk.says = lambda _method, _target, body: http("200 OK", str(len(body)).encode())
    return desk


@pytest.mark.parametrize(
    "path",
    [PATH, *(f"/desk/open-the-bridge/press/{rest}/" for rest in ("new/picture", "new/logo", "17", "release/zh-Hans"))],
)
def test_a_picture_for_a_story_or_the_press_passes_through_the_door(
    reader: Reader, welcoming: DeskBehind, path: str
) -> None:
    answer = reader.ask(path, "POST", PICTURE, **FORM)
    assert (answer.status, answer.text) == (200, str(len(PICTURE)))


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PATH, FORM | {"cookie": "csrftoken=c"}),
        (PATH, FORM | {"content_type": "application/x-www-form-urlencoded"}),
        ("/desk/open-the-bridge/draft/", FORM),
        ("/desk/open-the-bridge/press/", FORM),
        ("/open-the-bridge/ko/sign/supporter/", FORM),
        (f"{PATH}more/", FORM),
    ],
)
def test_nobody_else_can_send_as_much(
    reader: Reader, welcoming: DeskBehind, path: str, headers: dict[str, str]
) -> None:
    assert reader.ask(path, "POST", PICTURE, **headers).status == 413
    assert welcoming.asked == []


@pytest.mark.parametrize("answer", ["302 Found", "404 Not Found", "403 Forbidden"])
def test_whom_the_desk_does_not_let_in_holds_no_place(reader: Reader, desk: DeskBehind, answer: str) -> None:
    desk.says = lambda _method, _target, _body: http(answer)
    refused = reader.ask(PATH, "POST", PICTURE, **FORM)
    assert refused.status == 413
    assert desk.asked == [f"HEAD {PATH}"]
    assert "cookie: csrftoken=c; sessionid=s" in desk.heads[0]


def test_no_picture_is_larger_than_what_is_taken(reader: Reader, welcoming: DeskBehind) -> None:
    answer = reader.ask(PATH, "POST", b"p", content_length=str(LIMIT_BYTES + 1), **FORM)
    assert answer.status == 413


def test_only_a_few_bring_pictures_at_the_same_time(reader: Reader, welcoming: DeskBehind) -> None:
    turns = reader.door.uploads.turns
    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(turns)
        assert reader.ask(PATH, "POST", PICTURE, **FORM).status == 503
    assert reader.ask(PATH, "POST", PICTURE, **FORM).status == 200


def test_a_picture_that_breaks_off_or_comes_too_slowly_is_not_handed_on(
    reader: Reader, welcoming: DeskBehind, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = scope_of(PATH, "POST", {**FORM, "content_length": "10"})
    monkeypatch.setattr("undersigned.intake.uploads.SECONDS", 0.01)
    assert reader.run(converse(reader.door, scope, [])).status == 408
    assert welcoming.asked == [f"HEAD {PATH}"]
    assert not reader.door.uploads.turns.inside
