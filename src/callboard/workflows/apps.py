from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "callboard.workflows"
    label = "callboard_workflows"
