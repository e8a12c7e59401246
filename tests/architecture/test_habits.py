"""House rules worth repeating: one clock, no names in logs, modules of a size that a person holds in mind."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator

from tests.architecture.sources import CHECKOUT, Module, modules

CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "time.time"}
# Drills kill real processes, and measure in real time how long they stay away.
MAY_READ_A_CLOCK = ("callboard.lib.clock", "callboard.drills.")
PERSONAL = {"name", "email", "phone", "title", "text", "words", "subject", "body"}
LOGGERS = {"log", "logger", "logging"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
LONGEST = 400


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "…"


def calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def test_only_the_clock_tells_the_time() -> None:
    offences = [
        f"{module.place(call.lineno)} calls {dotted(call.func)}"
        for module in modules()
        if not module.name.startswith(MAY_READ_A_CLOCK)
        for call in calls(module)
        if ".".join(dotted(call.func).split(".")[-2:]) in CLOCKS
    ]
    assert offences == []


def test_no_log_line_is_given_a_name_or_words() -> None:
    offences = []
    for module in modules():
        for call in calls(module):
            function = call.func
            if not (isinstance(function, ast.Attribute) and function.attr in LEVELS):
                continue
            if dotted(function.value).split(".")[-1].lower() not in LOGGERS:
                continue
            for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
                for node in ast.walk(argument):
                    # `type(error).__name__` and a task's or kind's own name are no person's.
                    if isinstance(node, ast.Attribute) and node.attr in PERSONAL:
                        offences.append(f"{module.place(call.lineno)} logs {dotted(node)}")
    assert offences == []


def test_a_median_module_is_under_100_lines() -> None:
    lengths = [len(module.path.read_text().splitlines()) for module in modules() if module.tree.body]
    assert statistics.median(lengths) < 100


def test_no_module_is_longer_than_a_person_holds_in_mind() -> None:
    paths = [
        path
        for folder in ("src", "tests", "benchmarks")
        for path in (CHECKOUT / folder).rglob("*.py")
        if "migrations" not in path.parts and "node_modules" not in path.parts
    ]
    long = {str(path.relative_to(CHECKOUT)): len(path.read_text().splitlines()) for path in paths}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


def test_every_module_says_what_it_owns() -> None:
    silent = [
        module.name
        for module in modules()
        if module.tree.body
        and not ast.get_docstring(module.tree)
        and not {"migrations", "apps"} & set(module.name.split("."))
    ]
    assert silent == []
