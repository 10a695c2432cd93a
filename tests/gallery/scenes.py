"""Pages that one comes to only by doing something: signing, correcting, withdrawing, being asked, being refused."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser import follow
from tests.flows.office import link_in, until
from tests.gallery.places import Tour
from tests.gallery.stage import Gallery

Shot = tuple[str, Page]
"""What a picture is called, and the page that it is taken of."""

NAMES = {"ko": "윤가상", "en": "Ferne Beispiel", "zh-Hans": "林虚构", "ar": "ليلى المتخيَّلة"}
SEND = "form.sign-form button[type=submit]"


def sign(gallery: Gallery, page: Page, tour: Tour) -> None:
    """One supporter by name, so that the letter has a list."""
    mailbox = f"first-{tour.tag}@supporters.example"
    page.goto(f"{gallery.url}/{tour.letter}/{tour.tag}/sign/supporter/")
    _fill(page, NAMES[tour.tag], mailbox)
    _press(page, SEND)
    page.goto(link_in(gallery.mail_to(mailbox)))
    _press(page, ".act button")
    page_of = f"/{tour.letter}/{tour.tag}/"
    until(lambda: NAMES[tour.tag].encode() in gallery.ask(page_of).body, "the supporter's name")


def signing(gallery: Gallery, page: Page, tour: Tour) -> Iterator[Shot]:
    """From a refused form to the mailbox, and on."""
    mailbox = f"{tour.tag}@supporters.example"
    form = f"{gallery.url}/{tour.letter}/{tour.tag}/sign/supporter/"
    page.goto(form)
    _press(page, SEND)
    yield "sign-refused", page
    _fill(page, NAMES[tour.tag], mailbox)
    _press(page, SEND)
    yield "look-into-your-mailbox", page
    page.fill("#code", "0000 0000")
    _press(page, SEND)
    yield "code-refused", page
    yield from _own(page, link_in(gallery.mail_to(mailbox)), tour.tag)


def _own(page: Page, link: str, tag: str) -> Iterator[Shot]:
    """From the mail's link to a withdrawn name, and a button that comes too late."""
    page.goto(link)
    yield "own-to-confirm", page
    stale = page.context.new_page()
    stale.goto(link)
    _press(page, ".act button")
    yield "confirmed", page
    page.goto(link)
    yield "own", page
    page.goto(f"{link}{tag}/correct/")
    yield "correct", page
    page.goto(link)
    _press(page, ".act button.plain >> nth=-1")
    yield "withdraw", page
    _press(page, ".act button")
    yield "withdrawn", page
    page.goto(link)
    yield "own-withdrawn", page
    _press(stale, ".act button")
    yield "nothing-left-410", stale


def refused(gallery: Gallery, page: Page, tour: Tour) -> Iterator[Shot]:
    """A form that is sent where none is taken."""
    page.goto(f"{gallery.url}/{tour.letter}/{tour.tag}/sign/supporter/")
    with page.expect_navigation():
        page.evaluate("() => { document.forms[0].action = '../person/'; document.forms[0].submit() }")
    yield "refused-403", page


def newsletter(gallery: Gallery, page: Page, tour: Tour) -> Iterator[Shot]:
    """From asking for it to leaving it."""
    mailbox = f"{tour.tag}@newsletter.example"
    page.goto(f"{gallery.url}/{tour.tag}/newsletter/")
    page.fill("input[type=email]", mailbox)
    _press(page, SEND)
    yield "newsletter-asked", page
    text = str(gallery.mail_to(mailbox).get_content())
    page.goto(next(word for word in text.split() if "/n/" in word))
    yield "newsletter-to-confirm", page
    _press(page, ".act button")
    yield "newsletter-subscribed", page


def invited(gallery: Gallery, page: Page, tour: Tour, links: dict[str, str]) -> Iterator[Shot]:
    """What is read by private links, before the release."""
    page.goto(f"{links['preview']}/{tour.tag}/")
    yield "preview", page
    page.goto(f"{links['invitation']}/{tour.tag}/")
    yield "invitation", page
    page.goto(f"{links['invitation']}/{tour.tag}/sign/organisation/")
    yield "invitation-sign", page
    link = link_in(gallery.mail_to(f"{tour.tag}@asked.example"))
    page.goto(link)
    yield "asked", page
    page.goto(f"{link}{tour.tag}/letter/")
    yield "asked-letter", page
    page.goto(f"{link}{tour.tag}/sign/")
    yield "asked-sign", page


def _press(page: Page, button: str) -> None:
    follow(page.locator(button).first)


def _fill(page: Page, name: str, mailbox: str) -> None:
    page.fill("input[name=name]", name)
    page.fill("input[name=email]", mailbox)
    page.check("input[name=visibility][value=public]")
    for box in ("age", "consent"):
        page.check(f"input[name={box}]")
