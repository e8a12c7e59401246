from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "callboard.live"
    label = "callboard_live"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from callboard.live import monitors, promised

        promised.register_kinds()
        monitors.register_kinds()
