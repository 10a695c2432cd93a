"""A letter on somebody else's site: shown in a frame by the real program, and signed there without a script."""

from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, expect

from tests.flows.conftest import SLUG
from tests.flows.office import Office


@pytest.fixture
def elsewhere(released: Office) -> Generator[str]:
    """Another site, which shows the letter in a frame."""
    piece = f'<!doctype html><title>Elsewhere</title><iframe src="{released.url}/{SLUG}/en/embed/letter/"></iframe>'

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(piece.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is written down."""

    with ThreadingHTTPServer(("127.0.0.2", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.2:{server.server_port}/"
        server.shutdown()


def test_a_letter_is_signed_in_a_frame_on_another_site(released: Office, browser: Browser, elsewhere: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(elsewhere)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Your name").fill("Ferne Beispiel")
    frame.get_by_label("E-mail address").fill("ferne@mail.example")
    frame.get_by_label("Show my name").check()
    for box in frame.get_by_role("checkbox").all():
        box.check()
    with context.expect_page() as opened:
        frame.get_by_role("button", name="Sign").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    assert opened.value.url.startswith(f"{released.url}/")
    released.mail_to("ferne@mail.example")
    context.close()
