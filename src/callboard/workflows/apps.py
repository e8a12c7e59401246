from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "callboard.workflows"
    label = "callboard_workflows"

    def ready(self) -> None:
        from callboard.workflows import actions, reactions, reconcile_rooms  # noqa: F401 - a job that no fact causes

        reactions.subscribe()
        actions.register()
