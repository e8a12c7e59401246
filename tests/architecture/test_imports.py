"""Arrows between modules point where the design says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import CHECKOUT, LAYERS, SOURCE, layer, modules

OWN_ALONE = {"rules", "tasks"}
DOMAINS = {each for packages in LAYERS[4:-1] for each in packages}


def test_every_contract_of_the_import_linter_is_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(command), "--no-logo", "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_layers_named_here_are_those_of_the_import_linter() -> None:
    text = (CHECKOUT / ".importlinter").read_text()
    block = text.split("layers =\n", 1)[1].split("\n\n", 1)[0]
    lines = [line for line in block.splitlines() if line.strip() and not line.strip().startswith("#")]
    named = [frozenset(line.replace("(", "").replace(")", "").replace("|", " ").split()) for line in lines]
    assert tuple(named) == LAYERS


def test_every_package_has_a_layer() -> None:
    packages = {path.parent.name for path in (SOURCE / "callboard").glob("*/__init__.py")}
    assert packages <= {each for line in LAYERS for each in line}


def test_rules_and_tasks_are_a_packages_own() -> None:
    offences = []
    for module in modules():
        for name, line in module.imports():
            parts = name.split(".")
            if parts[0] != "callboard" or len(parts) < 3 or parts[1] == module.package:
                continue
            if parts[1] in DOMAINS and parts[2] in OWN_ALONE and module.package != "config":
                offences.append(f"{module.place(line)} imports {name}")
    assert offences == []


def test_imports_within_functions_point_down_too() -> None:
    offences = []
    for module in modules():
        for name, line in module.imports():
            parts = name.split(".")
            if parts[0] != "callboard" or len(parts) < 2 or not module.package:
                continue
            if not any(parts[1] in packages for packages in LAYERS) or parts[1] == module.package:
                continue
            if layer(parts[1]) <= layer(module.package):
                offences.append(f"{module.place(line)} imports {name}")
    assert offences == []


def test_nobody_listens_to_model_signals() -> None:
    offences = [
        f"{module.place(line)} imports {name}"
        for module in modules()
        for name, line in module.imports()
        if name.startswith(("django.db.models.signals", "django.dispatch"))
    ]
    assert offences == []
