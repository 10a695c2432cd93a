"""Reading what a form posts: as bytes from a stranger, checked before anything else looks at them."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from undersigned.lib.forms import FORM_TYPE, NotAForm, read_form
from undersigned.lib.origin import is_from_elsewhere, is_from_here
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.signing.sign_on import FORM_LIMIT_BYTES


class TooMuchSent(Refusal):
    code = "too-much-sent"
    status = 413
    message = gettext_noop("What was sent is too large for a form. Nothing was stored.")


class FromElsewhere(Refusal):
    code = "from-elsewhere"
    status = 403
    message = gettext_noop(
        "This was sent by another website. Open the link from the mail yourself. Nothing was changed."
    )


def read_fields(request: HttpRequest) -> dict[str, str]:
    """The fields of a posted form, each once, in UTF-8 and without NUL; else TooMuchSent or NotAForm."""
    if request.content_type != FORM_TYPE:
        raise NotAForm
    return read_form(_body(request))


def refuse_from_elsewhere(request: HttpRequest) -> None:
    """Refuse what a browser was made to send by a page of another site; for pages whose address is a secret."""
    said = request.headers
    if is_from_elsewhere(said.get("Sec-Fetch-Site"), said.get("Origin"), said.get("Host")):
        raise FromElsewhere


def comes_from_elsewhere(request: HttpRequest, *, is_private: bool) -> bool:
    """Whether a sign-on was sent by a page that is not ours, as far as the browser tells. A private page is one whose
    address is a secret, and that has browsers hide where a form came from."""
    said = request.headers
    told = (said.get("Sec-Fetch-Site"), said.get("Origin"), said.get("Host"))
    return is_from_elsewhere(*told) if is_private else not is_from_here(*told)


def has_to_wait(request: HttpRequest) -> bool:
    """Whether the door found that a sign-on or a subscription has to wait; nobody else can say so."""
    return request.headers.get("X-Undersigned-Slow") == "yes"


def _body(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > FORM_LIMIT_BYTES:
        raise TooMuchSent
    try:
        body = request.body
    except RequestDataTooBig:
        raise TooMuchSent from None
    except UnreadablePostError:  # the sender hung up
        raise NotAForm from None
    if len(body) > FORM_LIMIT_BYTES:
        raise TooMuchSent
    return body
