"""Pictures: what is taken, what is refused, and that nothing but what one sees goes on."""

import io

import pytest
from PIL import Image, ImageCms

from tests.newsroom import photograph
from undersigned.lib.pictures import LIMIT_BYTES, NotAPicture, PictureTooHeavy, PictureTooVast
from undersigned.lib.refusal import Refusal
from undersigned.stories import pictures
from undersigned.stories.pictures import PictureTooSlim, PictureTooSmall

PLACE = {1: "N", 2: (37.0, 33.0, 59.0), 3: "E", 4: (126.0, 58.0, 41.0)}


def taken_at_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "Hidden Camera Works", "seen from the safe house"
    exif.get_ifd(0x8825).update(PLACE)
    return photograph(exif=exif, comment=b"safe house", dpi=(300, 300))


def opened(rendition: pictures.Rendition) -> Image.Image:
    return Image.open(io.BytesIO(rendition.content))


def test_where_and_with_what_a_picture_was_taken_is_in_no_rendition() -> None:
    sent = taken_at_a_place()
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    for rendition in (pictures.prepare(sent).wide, pictures.prepare(sent).narrow):
        image = opened(rendition)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert b"Hidden Camera" not in rendition.content
        assert b"safe house" not in rendition.content


def test_two_sizes_are_made_and_no_picture_grows() -> None:
    prepared = pictures.prepare(photograph(2400, 1350))
    assert [(r.width, r.height) for r in (prepared.wide, prepared.narrow)] == [(1280, 720), (640, 360)]
    assert all(opened(r).size == (r.width, r.height) for r in (prepared.wide, prepared.narrow))
    small = pictures.prepare(photograph(700, 500))
    assert (small.wide.width, small.narrow.width) == (700, 640)


def test_a_picture_taken_sideways_is_shown_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    prepared = pictures.prepare(photograph(1200, 800, exif=exif))
    assert (prepared.wide.width, prepared.wide.height) == (800, 1200)


def test_a_drawing_stays_sharp_and_loses_its_words() -> None:
    drawing = Image.new("RGB", (1600, 900), "navy")
    drawing.paste("gold", (400, 300, 800, 600))
    file = io.BytesIO()
    drawing.save(file, "PNG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    prepared = pictures.prepare(file.getvalue())
    assert prepared.suffix == "png"
    assert opened(prepared.wide).convert("RGB").getpixel((480, 360)) == (255, 215, 0)
    assert not opened(prepared.wide).info.keys() - {"transparency"}


def test_what_is_transparent_stands_on_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (800, 600), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(pictures.prepare(file.getvalue()).wide).convert("RGB").getpixel((9, 9)) == (255, 255, 255)


def test_the_colours_of_another_space_are_kept_and_its_profile_is_not() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    prepared = pictures.prepare(photograph(icc_profile=profile))
    assert "icc_profile" not in opened(prepared.wide).info
    assert pictures.prepare(photograph(icc_profile=b"no profile")).suffix == "jpg"


def test_equal_files_make_equal_renditions() -> None:
    assert pictures.prepare(photograph()) == pictures.prepare(photograph())


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NotAPicture),
        (b"%PDF-1.7 a picture of sorts", NotAPicture),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"/>', NotAPicture),
        (photograph()[:4000], NotAPicture),
        (photograph(kind="GIF"), NotAPicture),
        (photograph(320, 180), PictureTooSmall),
        (photograph(1600, 359), PictureTooSmall),
        (photograph(1600, 400), PictureTooSlim),
        (b"\0" * (LIMIT_BYTES + 1), PictureTooHeavy),
    ],
)
def test_the_wrong_kind_or_size_is_refused(content: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        pictures.prepare(content)
    assert refused.value.field == "picture"
    assert str(refused.value)


@pytest.mark.parametrize("side", [8000, 30_000])
def test_a_small_file_that_claims_to_be_a_vast_picture_is_not_unpacked(side: int) -> None:
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    with pytest.raises(PictureTooVast):
        pictures.prepare(file.getvalue())
