from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "callboard.cases"
    label = "callboard_cases"
    default_auto_field = "django.db.models.BigAutoField"
