from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "undersigned.newsletter"
    default_auto_field = "django.db.models.BigAutoField"
