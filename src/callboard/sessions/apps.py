from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "callboard.sessions"
    label = "callboard_sessions"
    default_auto_field = "django.db.models.BigAutoField"
