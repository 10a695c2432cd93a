"""The program's door, as the server asks for it."""

import os
import resource
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersigned.config.settings")

import django
from django.conf import settings

django.setup()

from undersigned.config.ending import end_with_parent  # noqa: E402
from undersigned.intake.begin import make_door  # noqa: E402  its models need Django to be set up

end_with_parent()
# The thread that commits wants the interpreter for some microseconds at a time, and all who sign wait for it; by
# default a busy event loop would let it wait for five milliseconds each time.
sys.setswitchinterval(0.0005)
# Each reader is an open file; the usual limit of 1024 is for programs that use select.
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
application = make_door(settings.DESK, settings.PROXIES, settings.MONITOR)
