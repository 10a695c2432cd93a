"""The desk and the forms: Django, which only the door asks."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersigned.config.settings")

from django.core.wsgi import get_wsgi_application

from undersigned.config.ending import end_with_parent

end_with_parent()
application = get_wsgi_application()
