"""What a confirmation led to, as a page."""

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.languages import interface_for
from undersigned.pages.answers import Message, Way, say
from undersigned.pages.frame import Frame, interface_tag, language_links
from undersigned.signing.confirm import Confirmed, Outcome
from undersigned.signing.models import Kind, Signature, Visibility
from undersigned.signing.sign import private_path


def say_confirmed(confirmed: Confirmed, language: str) -> HttpResponse:
    """Thanks, what happens now, and the way to one's own page. The mailbox is proven: this may name what it signed."""
    signature = Signature.objects.select_related("letter").get(pk=confirmed.signature)
    return confirmed_page(signature, confirmed.outcome, language, private_path(signature.pk, now()))


def confirmed_page(signature: Signature, outcome: Outcome, language: str, root: str) -> HttpResponse:
    """That page, for a signature whose private page is at `root`."""
    with translation.override(interface_for(language)):
        title = _thanks(outcome)
        ways = [Way(_("See, correct or withdraw what you entered"), path_in(signature, root, language))]
        ways += letter_ways(signature.letter, language)
        message = Message(language, title, (what_it_means(signature, outcome),), tuple(ways))
        return say(message, frame_of(signature.letter, language, title, root))


def path_in(signature: Signature, root: str, language: str) -> str:
    """The private page at `root` in `language`; without a language it speaks the one in which its owner signed."""
    is_another = language != signature.language and language in signature.letter.languages
    return f"{root}{language}/" if is_another else root


def say_withdrawn(letter: Letter, language: str, root: str) -> HttpResponse:
    """What is gone, and by when, said at the private page at `root`."""
    with translation.override(interface_for(language)):
        title = _("Your signature is withdrawn.")
        said = _("What you entered is deleted here. Your name leaves our pages within a minute.")
        message = Message(language, title, (said,), tuple(letter_ways(letter, language)))
        return say(message, frame_of(letter, language, title, root))


def what_it_means(signature: Signature, outcome: Outcome) -> str:
    """What became of a confirmed signature, in a sentence."""
    if outcome == Outcome.STOOD_BEFORE:
        return _("You had signed this letter before. That signature stands as it is; this repeat was deleted.")
    if outcome == Outcome.AWAITS_DESK:
        return _("The coalition looks at it before it is listed.")
    if signature.visibility == Visibility.COUNTED_ONLY:
        return _("You are counted, and your name is shown nowhere.")
    if not signature.letter.is_public:
        return _("It appears under the letter when the letter is released.")
    if signature.kind == Kind.ORGANISATION:
        return _("The name of the organisation appears under the letter within a minute.")
    return _("Your name appears under the letter within a minute.")


def letter_ways(letter: Letter, language: str) -> list[Way]:
    """The way to the letter, where the public can read it."""
    return [Way(_("Read the letter"), f"/{letter.slug}/{language}/")] if letter.is_public else []


def frame_of(letter: Letter, language: str, title: str, root: str, rest: str = "") -> Frame:
    """The frame of a page for one signatory: it says whose letter it is, and has no address that others could use.

    Its language switch leads to their private page at `root`, or to what follows it there.
    """
    return Frame(
        language=interface_tag(language),
        title=title,
        links=language_links(letter.languages, language, lambda tag: f"{root}{tag}/{rest}"),
        campaign=letter.text_of("campaign", language) or letter.controller,
        home=f"/{letter.slug}/{language}/" if letter.is_public else "",
        privacy=f"/{letter.slug}/{language}/privacy/" if letter.is_public else "",
        find=f"/{letter.slug}/{language}/find/" if letter.is_public else "",
        is_demonstration=letter.is_demonstration,
    )


def _thanks(outcome: Outcome) -> str:
    return {
        Outcome.LISTED: _("Thank you. Your signature is confirmed."),
        Outcome.AWAITS_DESK: _("Thank you. Your signature is confirmed."),
        Outcome.STOOD_BEFORE: _("You have signed already"),
    }[outcome]
