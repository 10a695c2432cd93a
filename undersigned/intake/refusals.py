"""What the door itself refuses, and how it says so: pages rendered once for each language, sent as often as needed."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse

from undersigned.intake.folder import not_found
from undersigned.intake.headers import SAFETY, wired
from undersigned.intake.wire import Reply, Told
from undersigned.lib.languages import INTERFACE
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.pages import answers
from undersigned.pages.answers import language_of, say_refused


class DoorBusy(Refusal):
    code = "door-busy"
    status = 503
    message = gettext_noop(
        "So much arrives just now that this could not be taken. Nothing was stored; please try again."
    )


class RecordAway(Refusal):
    code = "record-away"
    status = 503
    message = gettext_noop(
        "Something went wrong on our side. We do not know whether what you sent was stored; please try again."
    )


class DeskCloses(Refusal):
    code = "desk-closes"
    status = 503
    message = gettext_noop("This part of the site is being restarted. Please try again in a moment.")


class TooManyRequests(Refusal):
    code = "too-many-requests"
    status = 429
    message = gettext_noop(
        "Very much came from where you are within a few minutes. Nothing was stored; please try again in a while."
    )


class TooSlow(Refusal):
    code = "too-slow"
    status = 408
    message = gettext_noop("It took too long until all was sent. Nothing was stored; please try again.")


class NotUnderstood(Refusal):
    code = "not-understood"
    status = 400
    message = gettext_noop("This did not come in the way in which browsers send something. Nothing was stored.")


RETRY_SECONDS: dict[type[Refusal], int] = {DoorBusy: 2, DeskCloses: 5, RecordAway: 5, TooManyRequests: 60}


@dataclass(frozen=True, slots=True)
class Refusing:
    """Refusals as replies, by what is refused and the language of the page; and the answer of what leads nowhere."""

    nowhere: Reply = field(default_factory=lambda: not_found(answers.not_found(HttpRequest()).content))
    made: dict[tuple[type[Refusal], str], Reply] = field(default_factory=dict)

    def reply(self, refused: type[Refusal], path: str, told: Told) -> Reply:
        """How `refused` is said to whoever asked for this path."""
        language = _language(path, told)
        known = self.made.get((refused, language))
        if known is None:
            retry = str(RETRY_SECONDS.get(refused, ""))
            known = private(say_refused(refused(), language), *([("Retry-After", retry)] if retry else []))
            self.made[refused, language] = known
        return known


def private(answer: HttpResponse, *more: tuple[str, str]) -> Reply:
    """A page for one reader, as a reply, with the headers that all our pages have."""
    own = dict(answer.items())
    rest = [(name, value) for name, value in SAFETY if name not in own]
    length = ("Content-Length", str(len(answer.content)))
    return Reply(answer.status_code, wired(*own.items(), length, *rest, *more), answer.content)


def _language(path: str, told: Told) -> str:
    """The language of the page, where its address says one; else what the reader's browser asks for."""
    named = next((part for part in path.split("/") if part in INTERFACE), None)
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = told.get(b"accept-language", b"").decode("latin-1")
    return named or language_of(request)
