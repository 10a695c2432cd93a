"""Takes pictures of every page, for people to look at: on a phone and at a desk, light and dark, in each language.

    setup/screenshots [--into FOLDER] [NAME…]

They land in screenshots/PLACE/LANGUAGE-SCREEN-THEME.png; with NAMEs, only those places whose name has one of them in
it. Nothing but our own program and the system's Chromium has a part in it.
"""

import argparse
import shutil
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import Chromium
from tests.gallery import scenes
from tests.gallery.places import DESK, TOURS, Tour, public_paths
from tests.gallery.stage import Gallery, opened, private_links, sign_in

SCREENS = {"phone": (390, 844), "desk": (1280, 900)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DESK_TONGUES = {"ko": "ko", "en": "en", "zh-Hans": "zh-hans"}


class Camera:
    """Takes each page in every size and theme, without asking the server for it again."""

    def __init__(self, into: Path, wanted: list[str]) -> None:
        self.into, self.wanted, self.taken = into, wanted, 0

    def wants(self, place: str) -> bool:
        return not self.wanted or any(word in place for word in self.wanted)

    def take(self, page: Page, place: str, tag: str) -> None:
        """The page as it stands."""
        if not self.wants(place):
            return
        page.wait_for_load_state()
        page.evaluate("document.activeElement?.matches('main, [autofocus]') || document.activeElement?.blur()")
        for screen, (width, height) in SCREENS.items():
            page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                page.screenshot(path=self.into / place / f"{tag}-{screen}-{theme}.png", full_page=True)
                self.taken += 1


def main() -> None:
    """What the command line asks for."""
    arguments = argparse.ArgumentParser(prog="setup/screenshots", description="Takes pictures of every page.")
    arguments.add_argument("--into", type=Path, default=Path("screenshots"), help="where they land")
    arguments.add_argument("name", nargs="*", help="part of the names of the places that are wanted; all without it")
    asked = arguments.parse_args()
    if not asked.name:
        shutil.rmtree(asked.into, ignore_errors=True)
    camera = Camera(asked.into, asked.name)
    with opened() as gallery, sync_playwright() as playwright:
        chromium = Chromium.found()
        browser = playwright.chromium.launch(executable_path=chromium.program, args=chromium.arguments)
        _look(gallery, browser, camera)
        browser.close()
    print(f"{camera.taken} pictures in {asked.into}/")


def _look(gallery: Gallery, browser: Browser, camera: Camera) -> None:
    desk = sign_in(gallery, browser.new_context())
    links = private_links(gallery, desk)
    for tour in TOURS:
        _tour(gallery, browser.new_context(locale=tour.tag).new_page(), tour, camera)
        if tour.is_spoken:
            _private(gallery, browser.new_context(locale=tour.tag).new_page(), tour, links, camera)
    for tag, tongue in DESK_TONGUES.items():
        desk.goto(f"{gallery.url}/desk/accounts/")
        desk.locator(f"button[name=language][value={tongue}]").click()
        _visit(gallery, desk, tag, {f"desk/{name}": path for name, path in DESK.items()}, camera)
        stranger = browser.new_context(locale=tag).new_page()
        _visit(gallery, stranger, tag, {"desk/sign-in": "/accounts/login/"}, camera)


def _tour(gallery: Gallery, page: Page, tour: Tour, camera: Camera) -> None:
    """What everybody can read, and the way of one supporter."""
    if not tour.is_spoken:
        scenes.sign(gallery, page, tour)
    _visit(gallery, page, tour.tag, public_paths(tour), camera)
    for place, shown in scenes.signing(gallery, page, tour):
        camera.take(shown, place, tour.tag)


def _private(gallery: Gallery, page: Page, tour: Tour, links: dict[str, str], camera: Camera) -> None:
    """What one comes to by a link or by a mistake."""
    for scene in (
        scenes.newsletter(gallery, page, tour),
        scenes.invited(gallery, page, tour, links),
        scenes.refused(gallery, page, tour),
    ):
        for place, shown in scene:
            camera.take(shown, place, tour.tag)


def _visit(gallery: Gallery, page: Page, tag: str, paths: dict[str, str], camera: Camera) -> None:
    for place, path in paths.items():
        if camera.wants(place):
            page.goto(f"{gallery.url}{path}")
            camera.take(page, place, tag)


if __name__ == "__main__":
    main()
