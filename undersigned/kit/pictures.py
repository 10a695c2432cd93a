"""Pictures and logos for the press: as large as they came, with nothing in them but what one sees."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from undersigned.letters.blocks import Place, WrongFile
from undersigned.lib.refusal import gettext_noop

FORMATS = {"JPEG": "jpg", "PNG": "png"}
LIMIT_BYTES = 20_000_000
LIMIT_PIXELS = 60_000_000
LONGEST = 4000
"""Pixels of the longer side; what is larger is scaled down, for no newspaper prints more."""

QUALITY = 92


class NotAPicture(WrongFile):
    code = "not-a-press-picture"
    message = gettext_noop("This file is not a JPEG or PNG picture.")


class PictureTooLarge(WrongFile):
    code = "press-picture-too-large"
    message = gettext_noop("This picture is too large: at most 20 MB and 60 million pixels are taken.")


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture that tells nothing of camera, place or hand; `suffix` is that of its file."""

    content: bytes
    suffix: str


def clean(content: bytes, place: Place) -> Clean:
    """The picture in `content`, written anew from its pixels alone; a refusal at `place` where it is none."""
    if len(content) > LIMIT_BYTES:
        raise PictureTooLarge(place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged by ourselves, below
            image = Image.open(io.BytesIO(content), formats=list(FORMATS))
            if image.width * image.height > LIMIT_PIXELS:
                raise PictureTooLarge(place)
            image.load()
    except Image.DecompressionBombError:
        raise PictureTooLarge(place) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):  # what Pillow raises at broken files
        raise NotAPicture(place) from None
    return _written(image)


def _written(image: Image.Image) -> Clean:
    suffix = FORMATS[str(image.format)]
    seen = ImageOps.exif_transpose(image)
    seen = seen.convert("RGBA" if suffix == "png" and seen.has_transparency_data else "RGB")
    seen.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    bare = Image.frombytes(seen.mode, seen.size, seen.tobytes())
    file = io.BytesIO()
    if suffix == "png":
        bare.save(file, "PNG", optimize=True)
    else:
        bare.save(file, "JPEG", quality=QUALITY, optimize=True)
    return Clean(file.getvalue(), suffix)
