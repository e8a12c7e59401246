from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Last of the apps, so that all models stand when the ports are filled."""

    name = "callboard.config"
    label = "callboard_config"

    def ready(self) -> None:
        from callboard.config import wiring

        wiring.wire()
