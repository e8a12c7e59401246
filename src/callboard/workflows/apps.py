from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "callboard.workflows"
    label = "callboard_workflows"

    def ready(self) -> None:
        # Some of them for their jobs alone, that no fact causes.
        from callboard.workflows import (
            actions,
            ask_consent,
            bar_recording,
            close_organization,  # noqa: F401
            erase_person,  # noqa: F401
            keep_recordings,  # noqa: F401
            reaching,
            reactions,
            reconcile_rooms,  # noqa: F401
            retention,  # noqa: F401
            take_out,  # noqa: F401
        )

        reactions.subscribe()
        actions.register()
        reaching.follow()
        ask_consent.register()
        bar_recording.register()
