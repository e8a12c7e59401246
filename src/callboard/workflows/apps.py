from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "callboard.workflows"
    label = "callboard_workflows"

    def ready(self) -> None:
        from callboard.workflows import actions, reactions

        reactions.subscribe()
        actions.register()
