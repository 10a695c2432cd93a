"""The program's door, as the server asks for it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersigned.config.settings")

import django
from django.conf import settings

django.setup()

from undersigned.config.ending import end_with_parent  # noqa: E402
from undersigned.intake.begin import make_door  # noqa: E402  its models need Django to be set up

end_with_parent()
application = make_door(settings.DESK, settings.PROXIES)
