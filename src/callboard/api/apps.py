from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "callboard.api"
    label = "callboard_api"
    default_auto_field = "django.db.models.BigAutoField"
