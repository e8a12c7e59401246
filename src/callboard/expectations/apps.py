from django.apps import AppConfig


class ExpectationsConfig(AppConfig):
    name = "callboard.expectations"
    label = "callboard_expectations"
    default_auto_field = "django.db.models.BigAutoField"
