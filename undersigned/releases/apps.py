from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "undersigned.releases"
    default_auto_field = "django.db.models.BigAutoField"
