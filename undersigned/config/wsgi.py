"""The program behind the public folder: files first, then Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersigned.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest

django = get_wsgi_application()

from undersigned.pages.answers import not_found  # noqa: E402  its models need Django to be set up
from undersigned.pages.serve import Serve  # noqa: E402

application = Serve(django, settings.PUBLIC_ROOT, not_found(HttpRequest()).content)
