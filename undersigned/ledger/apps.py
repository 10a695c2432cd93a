from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "undersigned.ledger"
    default_auto_field = "django.db.models.BigAutoField"
