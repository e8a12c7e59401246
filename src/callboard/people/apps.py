from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "callboard.people"
    label = "callboard_people"
    default_auto_field = "django.db.models.BigAutoField"
