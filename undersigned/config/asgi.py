"""The program's door, as the server asks for it."""

import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersigned.config.settings")

import django
from django.conf import settings

django.setup()

from undersigned.config.ending import end_with_parent  # noqa: E402
from undersigned.intake.door import Door  # noqa: E402  its models need Django to be set up
from undersigned.intake.folder import Folder  # noqa: E402
from undersigned.intake.refusals import Refusing  # noqa: E402
from undersigned.intake.relay import DeskAddress, Relay  # noqa: E402

end_with_parent()
application = Door(
    Folder(settings.PUBLIC_ROOT),
    Relay(DeskAddress.parse(settings.DESK), settings.PROXIES),
    Refusing(),
    time.monotonic,
)
