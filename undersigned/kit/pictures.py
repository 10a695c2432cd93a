"""Pictures and logos for the press: as large as they came, with nothing in them but what one sees."""

import io
from dataclasses import dataclass

from PIL import Image

from undersigned.letters.blocks import FileWrong, Place
from undersigned.lib.pictures import as_seen, pixels_of, read_picture
from undersigned.lib.refusal import Refusal

LONGEST = 4000
"""Pixels of the longer side; what is larger is scaled down, for no newspaper prints more."""

QUALITY = 92


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture that tells nothing of camera, place or hand; `suffix` is that of its file."""

    content: bytes
    suffix: str


def clean(content: bytes, place: Place) -> Clean:
    """The picture in `content`, written anew from its pixels alone; a refusal at `place` where it is none."""
    try:
        image = read_picture(content)
    except Refusal as refusal:
        raise FileWrong(place, why=refusal) from None
    seen = as_seen(image)
    seen.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    bare, file = pixels_of(seen), io.BytesIO()
    if image.format == "PNG" or bare.mode == "RGBA":
        bare.save(file, "PNG", optimize=True)
        return Clean(file.getvalue(), "png")
    bare.save(file, "JPEG", quality=QUALITY, optimize=True)
    return Clean(file.getvalue(), "jpg")
