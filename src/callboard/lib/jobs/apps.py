from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "callboard.lib.jobs"
    label = "callboard_jobs"
    default_auto_field = "django.db.models.BigAutoField"
