"""A picture that somebody sends with a form."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from undersigned.desk.access import DeskRequest
from undersigned.lib.pictures import too_heavy

FIELD = "picture"


def picture_sent(request: DeskRequest) -> bytes | None:
    """The file that came with the form; None where there was none. Refused where it is too heavy to be read at all."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        raise too_heavy(length, FIELD)
    sent = request.FILES.get(FIELD)
    return sent.read() if isinstance(sent, UploadedFile) else None
