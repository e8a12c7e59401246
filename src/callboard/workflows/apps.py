from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "callboard.workflows"
    label = "callboard_workflows"

    def ready(self) -> None:
        # Two of them for their jobs alone, that no fact causes.
        from callboard.workflows import actions, keep_recordings, reaching, reactions, reconcile_rooms  # noqa: F401

        reactions.subscribe()
        actions.register()
        reaching.follow()
