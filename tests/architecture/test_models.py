"""Foreign keys between packages point down, and leave no trace on what they point to."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.architecture.sources import layer


def package_of(model: type[models.Model]) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "callboard" else None


def foreign_keys() -> Iterator[tuple[str, models.ForeignKey[object, object], str, str]]:
    for model in apps.get_models(include_auto_created=True):
        source = package_of(model)
        for field in model._meta.local_fields:
            if source is None or not isinstance(field, models.ForeignKey):
                continue
            target = package_of(field.remote_field.model)
            if target is not None and target != source:
                yield f"{model._meta.label}.{field.name}", field, source, target


def test_foreign_keys_between_packages_point_down() -> None:
    upward = [
        name
        for name, _, source, target in foreign_keys()
        if target != "lib" and layer(target) <= layer(source)
    ]
    assert upward == []


def test_foreign_keys_between_packages_have_no_way_back() -> None:
    assert [name for name, field, _, _ in foreign_keys() if field.remote_field.related_name != "+"] == []


def test_app_labels_are_prefixed() -> None:
    ours = [config for config in apps.get_app_configs() if config.name.startswith("callboard.")]
    assert ours
    assert [config.label for config in ours if not config.label.startswith("callboard_")] == []


def test_every_model_says_what_it_is() -> None:
    bare = [
        model._meta.label
        for model in apps.get_models()
        if package_of(model) and (not model.__doc__ or model.__doc__.startswith(f"{model.__name__}("))
    ]
    assert bare == []
