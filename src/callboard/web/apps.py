from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "callboard.web"
    label = "callboard_web"
    default_auto_field = "django.db.models.BigAutoField"
