import gzip
import os
from collections.abc import Callable

import brotli
import pytest

from tests.pages.conftest import Crumbs
from tests.stage import HOUR, NOON
from tests.trouble import cut_the_power_at_each_step
from undersigned.letters.models import Letter
from undersigned.pages import packed
from undersigned.pages.bakery import bake_all
from undersigned.pages.generation import PublicFolder

UNPACK = {".br": brotli.decompress, ".gz": gzip.decompress}
LONG = b"<p>Ferne Beispiel signs.</p>" * 400
OTHER = b"<p>Nobody signs any more.</p>" * 350
FILES = {"a/index.html": LONG, "a/small.html": b"<p>short</p>", "a/picture.png": LONG, "assets/a.0123.css": LONG[:2000]}


@pytest.fixture
def published(folder: PublicFolder) -> PublicFolder:
    publish(folder, FILES)
    return folder


def publish(folder: PublicFolder, files: Crumbs, *gone: str) -> None:
    with folder.lock():
        folder.publish(files, gone)


def unpacked(folder: PublicFolder) -> Crumbs:
    """What each packed variant holds."""
    return {
        str(path.relative_to(folder.root)): UNPACK[path.suffix](path.read_bytes())
        for path in folder.root.rglob("*")
        if path.suffix in UNPACK
    }


def test_text_from_a_certain_size_on_lies_packed_beside_itself(published: PublicFolder) -> None:
    kept = ("a/index.html", "assets/a.0123.css")
    assert unpacked(published) == {f"{path}{suffix}": FILES[path] for path in kept for suffix in UNPACK}
    assert published.paths() == set(FILES)


def test_what_the_bakery_makes_of_a_letter_lies_packed_and_the_kit_is_not_packed_again(
    letter: Letter, folder: PublicFolder, crumbs: Callable[[], Crumbs]
) -> None:
    bake_all(NOON)
    texts = {path: content for path, content in crumbs().items() if packed.packs(path, len(content))}
    assert {f"{letter.slug}/{language}/index.html" for language in letter.languages} <= texts.keys()
    assert unpacked(folder) == {f"{path}{suffix}": texts[path] for path in texts for suffix in UNPACK}
    assert not [path for path in texts if path.endswith((".pdf", ".png", ".zip", ".docx"))]


def test_equal_content_is_packed_into_equal_bytes(letter: Letter) -> None:
    once, again = (dict(packed.variants("a/index.html", LONG)) for _ in range(2))
    assert once == again
    assert once["a/index.html.gz"][4:8] == bytes(4)  # the time of writing, RFC 1952


def test_what_did_not_change_is_not_packed_anew(
    letter: Letter, folder: PublicFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    bake_all(NOON)
    before = {path: os.stat(path).st_ino for path in folder.root.rglob("*") if path.suffix in UNPACK}
    with monkeypatch.context() as patch:
        patch.delattr(packed, "variants")
        bake_all(NOON + HOUR)
    publish(folder, {"another.html": LONG})  # a new generation
    assert len(before) > 20
    assert {path: os.stat(path).st_ino for path in before} == before


def test_a_variant_that_is_missing_is_made_by_the_next_bake(published: PublicFolder) -> None:
    (published.root / "a/index.html.br").unlink()
    publish(published, FILES)
    assert unpacked(published)["a/index.html.br"] == LONG


@pytest.mark.parametrize("content", [OTHER, b"<p>short</p>"])
def test_a_file_takes_its_variants_along_when_it_changes(published: PublicFolder, content: bytes) -> None:
    publish(published, {"a/index.html": content})
    held = {path: content for path, content in unpacked(published).items() if path.startswith("a/index")}
    assert held == {f"a/index.html{suffix}": content for suffix in UNPACK if len(content) > 8192}


def test_a_withdrawn_name_is_in_no_variant_on_the_disk(published: PublicFolder) -> None:
    publish(published, {"b.html": OTHER})
    publish(published, {"a/index.html": OTHER})
    publish(published, {}, "a/picture.png", "assets/a.0123.css")
    held = [
        UNPACK[path.suffix](path.read_bytes()) for path in published.generations.rglob("*") if path.suffix in UNPACK
    ]
    assert set(held) == {OTHER}


def test_after_a_power_cut_no_variant_holds_what_its_file_does_not(
    published: PublicFolder, crumbs: Callable[[], Crumbs], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the file is what it was: its variants may have been replaced already."""
    changed = {"a/index.html": OTHER}
    cuts = 0
    for _ in cut_the_power_at_each_step(lambda: publish(published, changed), monkeypatch):
        cuts += 1
        publish(published, {})  # whoever comes next
        now = crumbs()
        assert {content == now[path.rpartition(".")[0]] for path, content in unpacked(published).items()} == {True}
        publish(published, FILES)
        assert unpacked(published)["a/index.html.gz"] == LONG
    assert cuts > 15
