from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "undersigned.kit"
    default_auto_field = "django.db.models.BigAutoField"
