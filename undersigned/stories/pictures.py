"""Pictures as they are shown: in two widths, upright, in sRGB, with no trace of where and with what they were taken."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image

from undersigned.lib.pictures import as_seen, pixels_of, read_picture
from undersigned.lib.refusal import Refusal, gettext_noop

LEAST_WIDTH, LEAST_HEIGHT = 640, 360
SLIMMEST = 3
"""How many times longer one side may be than the other."""

WIDE, NARROW = 1280, 640
QUALITY = 80
COLOURS = 256
"""A picture with no more colours than this is a drawing, and stays sharp as PNG."""


class PictureTooSmall(Refusal):
    code = "picture-too-small"
    message = gettext_noop(
        "This picture is too small: it has %(width)s × %(height)s pixels, and needs at least %(least_width)s × "
        "%(least_height)s."
    )


class PictureTooSlim(Refusal):
    code = "picture-too-slim"
    message = gettext_noop("This picture is too slim: no side may be more than %(times)s times as long as the other.")


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a picture, as a file."""

    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture ready to be shown; `digest` is the SHA-256 of its wide rendition, in hex."""

    suffix: str
    wide: Rendition
    narrow: Rendition

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.wide.content).hexdigest()


def prepare(content: bytes, field: str = "picture") -> Prepared:
    """The picture in `content`, resized and stripped of everything but what one sees; else a Refusal."""
    image = read_picture(content, field)
    is_drawing = image.format == "PNG" and image.getcolors(COLOURS) is not None
    seen = _on_white(as_seen(image))
    _refuse_shape(seen.size, field)
    suffix = "png" if is_drawing else "jpg"
    wide, narrow = (_rendition(seen, width, suffix) for width in (WIDE, NARROW))
    return Prepared(suffix, wide, narrow)


def _on_white(image: Image.Image) -> Image.Image:
    """The picture on white where it is transparent."""
    if image.mode != "RGBA":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _refuse_shape(size: tuple[int, int], field: str) -> None:
    width, height = size
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        least = {"least_width": LEAST_WIDTH, "least_height": LEAST_HEIGHT}
        raise PictureTooSmall(field, width=width, height=height, **least)
    if max(size) > SLIMMEST * min(size):
        raise PictureTooSlim(field, times=SLIMMEST)


def _rendition(image: Image.Image, width: int, suffix: str) -> Rendition:
    """At most `width` pixels wide."""
    scale = min(1.0, width / image.width)
    small = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    bare, file = pixels_of(small), io.BytesIO()
    if suffix == "png":
        bare.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    else:
        bare.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Rendition(bare.width, bare.height, file.getvalue())
