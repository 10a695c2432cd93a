"""The demonstration's stories are worked examples: nothing about them has to be mended."""

from pathlib import Path

import pytest

import undersigned
from undersigned.stories import folder

FOLDERS = sorted((Path(undersigned.__path__[0]) / "demonstration/stories").iterdir())


@pytest.mark.parametrize("place", FOLDERS, ids=lambda place: place.name)
def test_a_story_of_the_demonstration_lines_up_in_three_languages(place: Path) -> None:
    found = folder.read(place)
    assert found.written.gaps == ()
    assert found.written.notes == ()
    assert found.manifest.languages == ("ko", "en", "zh-Hans")
    assert found.manifest.demonstration
    assert found.picture
    assert found.picture.suffix == "png"
    blocks = found.written.article.blocks
    assert all(set(block.wordings) == set(found.manifest.languages) for block in blocks)
    assert all(not block.key.startswith("p-") for block in blocks)


def test_there_are_twelve() -> None:
    assert len(FOLDERS) == 12
