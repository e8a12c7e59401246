"""Only those who let somebody in go round the organization's scope."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import Module, modules

LETTING_IN = {
    "callboard.people.access": "a login's memberships, and the key that was presented",
    "callboard.people.operations.invitations": "the invitation that was presented",
}
"""May read a tenant's table before it is known whose, through the policies made for it."""

OPENING = {*LETTING_IN, "callboard.lib.tenancy"}
"""May set what the policies go by."""

SETTING = re.compile(r"app\.[a-z_]+")
ROUND = {"_base_manager", "_default_manager"}


def unscoped(module: Module) -> Iterator[int]:
    """Lines that build a query past the scope: by another manager, or from a bare QuerySet."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in ROUND:
            yield node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QuerySet":
            yield node.lineno


def opening(module: Module) -> Iterator[int]:
    """Lines that name a setting which a policy goes by."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and SETTING.fullmatch(str(node.value)):
            yield node.lineno


def ours() -> list[Module]:
    return [module for module in modules() if "migrations" not in module.name]


def test_only_those_who_let_somebody_in_read_past_the_scope() -> None:
    found = [
        module.place(line) for module in ours() if module.name not in LETTING_IN for line in unscoped(module)
    ]
    assert found == []


def test_only_the_scope_and_those_who_let_in_set_what_policies_go_by() -> None:
    found = [
        module.place(line) for module in ours() if module.name not in OPENING for line in opening(module)
    ]
    assert found == []


def test_the_list_is_not_longer_than_it_need_be() -> None:
    assert {module.name for module in ours() if list(unscoped(module))} == set(LETTING_IN)
