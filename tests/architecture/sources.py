"""The project's own modules, as names, paths and syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCE = CHECKOUT / "src"

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in (
        "config",
        "cli",
        "demo drills",
        "web api integrations",
        "workflows",
        "insight",
        "scheduling live records outreach",
        "cases",
        "expectations",
        "sessions",
        "people",
        "lib",
    )
)
"""The packages from top to bottom, as in .importlinter."""


def layer(package: str) -> int:
    """How far from the top a package lies."""
    return next(depth for depth, packages in enumerate(LAYERS) if package in packages)


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, its path, its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        """`callboard.people.models` is of `people`."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    def imports(self) -> Iterator[tuple[str, int]]:
        """Every dotted name that it imports, from within functions too, with the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)

    def place(self, line: int) -> str:
        """`path:line`, as an editor opens it."""
        return f"{self.path.relative_to(CHECKOUT)}:{line}"


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the product."""
    found = []
    for path in sorted((SOURCE / "callboard").rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, ast.parse(path.read_text(), str(path))))
    return tuple(found)
