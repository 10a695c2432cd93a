"""Pictures and logos for the press: as large as they came, with nothing in them but what one sees."""

import io
from dataclasses import dataclass

from PIL import Image

from undersigned.lib.pictures import as_seen, pixels_of, read_picture

LONGEST = 4000
"""Pixels of the longer side; what is larger is scaled down, for no newspaper prints more."""

QUALITY = 92
GLANCE = 640
"""Pixels of the longer side, where a picture is only to be recognised."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture that tells nothing of camera, place or hand; `suffix` is that of its file."""

    content: bytes
    suffix: str


def clean(content: bytes, field: str = "picture") -> Clean:
    """The picture in `content`, written anew from its pixels alone; else a Refusal."""
    image = read_picture(content, field)
    seen = as_seen(image)
    seen.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    bare, file = pixels_of(seen), io.BytesIO()
    if image.format == "PNG" or bare.mode == "RGBA":
        bare.save(file, "PNG", optimize=True)
        return Clean(file.getvalue(), "png")
    bare.save(file, "JPEG", quality=QUALITY, optimize=True)
    return Clean(file.getvalue(), "jpg")


def glance(content: bytes) -> bytes:
    """A picture that was cleaned, small enough for a list of many; of the same kind."""
    image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
    kind, file = image.format or "PNG", io.BytesIO()
    image.thumbnail((GLANCE, GLANCE), Image.Resampling.LANCZOS)
    image.save(file, kind)
    return file.getvalue()
