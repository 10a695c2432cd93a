"""The program behind the public folder: files first, then Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersigned.config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
