"""Every setting of the environment is declared and documented, and nothing else is read."""

from __future__ import annotations

import ast
import os
import re

import pytest

from callboard.lib import environment
from tests.architecture.sources import modules
from tools import settings_page

OURS = re.compile(r"^(CALLBOARD_[A-Z_]+|DATABASE_URL|AWS_[A-Z_]+|OTEL_EXPORTER_OTLP_ENDPOINT)$")


def test_what_the_product_reads_is_declared() -> None:
    declared = {variable.name for variable in environment.VARIABLES} | set(environment.INTERNAL)
    read = {
        node.value: module.name
        for module in modules()
        if module.name != "callboard.lib.environment"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and OURS.match(node.value)
    }
    assert {name: where for name, where in read.items() if name not in declared} == {}
    assert declared - set(read) == set(), "declared, and read nowhere"


def test_the_page_of_settings_is_what_the_list_says() -> None:
    assert settings_page.PAGE.read_text() == settings_page.render(), "run: python tools/settings_page.py"


def test_every_setting_says_what_it_means_and_what_holds_without_it() -> None:
    assert [each.name for each in environment.VARIABLES if not each.means or not each.default] == []
    assert len({each.name for each in environment.VARIABLES}) == len(environment.VARIABLES)


def test_a_setting_that_is_not_declared_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        environment.text("CALLBOARD_TYPO")
    assert environment.text("CALLBOARD_LOG_LEVEL", "x") == os.environ.get("CALLBOARD_LOG_LEVEL", "x")
