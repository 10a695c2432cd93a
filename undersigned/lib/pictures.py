"""Pictures that somebody sends in: what is taken, and what is left of them when only their pixels are kept."""

import io
import warnings

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from undersigned.lib.refusal import Refusal, gettext_noop

KINDS = ("JPEG", "PNG", "WEBP")
LIMIT_BYTES = 20_000_000
LIMIT_PIXELS = 60_000_000


class NotAPicture(Refusal):
    code = "not-a-picture"
    message = gettext_noop("This file is not a picture that can be taken: send a JPEG, PNG or WebP.")


class PictureTooHeavy(Refusal):
    code = "picture-too-heavy"
    status = 413
    message = gettext_noop("This picture is too large: it has %(megabytes)s MB, and at most %(limit)s MB are taken.")


class PictureTooVast(Refusal):
    code = "picture-too-vast"
    message = gettext_noop("This picture has too many pixels: at most %(limit)s million are taken.")


def too_heavy(size: int, field: str = "picture") -> PictureTooHeavy:
    """The refusal of a picture of `size` bytes."""
    return PictureTooHeavy(field, megabytes=round(size / 1e6, 1), limit=LIMIT_BYTES // 1_000_000)


def _too_vast(field: str) -> PictureTooVast:
    return PictureTooVast(field, limit=LIMIT_PIXELS // 1_000_000)


def read_picture(content: bytes, field: str = "picture") -> Image.Image:
    """The picture in `content`, read in whole; else a Refusal.

    Its size is judged before that, for a small file can claim to be a vast picture.
    """
    if len(content) > LIMIT_BYTES:
        raise too_heavy(len(content), field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged by ourselves, below
            image = Image.open(io.BytesIO(content), formats=KINDS)
            if image.width * image.height > LIMIT_PIXELS:
                raise _too_vast(field)
            image.load()
    except Image.DecompressionBombError:
        raise _too_vast(field) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):  # what Pillow raises at broken files
        raise NotAPicture(field) from None
    return image


def as_seen(image: Image.Image) -> Image.Image:
    """Upright, in the colours that a browser takes for granted: RGB, or RGBA where it is transparent."""
    upright = ImageOps.exif_transpose(image)
    return upright.convert("RGBA") if upright.has_transparency_data else _in_srgb(upright)


def pixels_of(image: Image.Image) -> Image.Image:
    """The pixels alone: nothing that came with the file goes with them."""
    return Image.frombytes(image.mode, image.size, image.tobytes())


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
