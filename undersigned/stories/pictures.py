"""Pictures as they are shown: in two widths, upright, in sRGB, with no trace of where and with what they were taken."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from undersigned.lib.refusal import Refusal, gettext_noop

KINDS = ("JPEG", "PNG", "WEBP")
LIMIT_BYTES = 20_000_000
LEAST_WIDTH, LEAST_HEIGHT = 640, 360
LIMIT_PIXELS = 60_000_000
SLIMMEST = 3
"""How many times longer one side may be than the other."""

WIDE, NARROW = 1280, 640
QUALITY = 80
COLOURS = 256
"""A picture with no more colours than this is a drawing, and stays sharp as PNG."""


class NotAPicture(Refusal):
    code = "not-a-picture"
    message = gettext_noop("This file is not a picture that can be taken: send a JPEG, PNG or WebP.")


class PictureTooHeavy(Refusal):
    code = "picture-too-heavy"
    status = 413
    message = gettext_noop("This picture is too large: it has %(megabytes)s MB, and at most %(limit)s MB are taken.")


class PictureTooSmall(Refusal):
    code = "picture-too-small"
    message = gettext_noop(
        "This picture is too small: it has %(width)s × %(height)s pixels, and needs at least %(least_width)s × "
        "%(least_height)s."
    )


class PictureTooVast(Refusal):
    code = "picture-too-vast"
    message = gettext_noop("This picture has too many pixels: %(width)s × %(height)s.")


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
    if len(content) > LIMIT_BYTES:
        raise too_heavy(len(content), field)
    image = _opened(content, field)
    is_drawing = image.format == "PNG" and image.getcolors(COLOURS) is not None
    seen = _as_seen(image)
    _refuse_shape(seen.size, field)
    suffix = "png" if is_drawing else "jpg"
    wide, narrow = (_rendition(seen, width, suffix) for width in (WIDE, NARROW))
    return Prepared(suffix, wide, narrow)


def too_heavy(size: int, field: str = "picture") -> PictureTooHeavy:
    """The refusal of a picture of `size` bytes."""
    return PictureTooHeavy(field, megabytes=round(size / 1e6, 1), limit=LIMIT_BYTES // 1_000_000)


def _opened(content: bytes, field: str) -> Image.Image:
    """The picture, read in whole; its size is judged first, for a small file can claim to be a vast picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged by ourselves, below
            image = Image.open(io.BytesIO(content), formats=KINDS)
            width, height = image.size
            if width * height > LIMIT_PIXELS:
                raise PictureTooVast(field, width=width, height=height)
            image.load()
    except Image.DecompressionBombError:
        raise PictureTooVast(field, width="?", height="?") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):  # what Pillow raises at broken files
        raise NotAPicture(field) from None
    return image


def _as_seen(image: Image.Image) -> Image.Image:
    """Upright, on white where it is transparent, in the colours that a browser takes for granted."""
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        coloured = upright.convert("RGBA")
        ground = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(ground, coloured).convert("RGB")
    return _in_srgb(upright)


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB")  # a broken profile says nothing
        return converted or image.convert("RGB")
    return image.convert("RGB")


def _refuse_shape(size: tuple[int, int], field: str) -> None:
    width, height = size
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        least = {"least_width": LEAST_WIDTH, "least_height": LEAST_HEIGHT}
        raise PictureTooSmall(field, width=width, height=height, **least)
    if max(size) > SLIMMEST * min(size):
        raise PictureTooSlim(field, times=SLIMMEST)


def _rendition(image: Image.Image, width: int, suffix: str) -> Rendition:
    """At most `width` pixels wide, from the pixels alone: nothing that came with the file is written again."""
    scale = min(1.0, width / image.width)
    small = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    bare = Image.frombytes("RGB", small.size, small.tobytes())
    file = io.BytesIO()
    if suffix == "png":
        bare.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    else:
        bare.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Rendition(bare.width, bare.height, file.getvalue())
