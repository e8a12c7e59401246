"""What is installed with the product: of known origin, whole, and under terms that one may accept.

Read from the lockfiles and from what is installed; nothing is asked of anybody. Which versions have known
weaknesses stands in lists that others keep: SECURITY.md says how to ask those.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from importlib import metadata
from typing import Any

import pytest

from tests.architecture.sources import CHECKOUT

COPYLEFT = re.compile(
    r"\b(?:A?GPL|(?:Affero )?General Public License|SSPL|BUSL|Commons Clause)", re.IGNORECASE
)
LESSER = re.compile(r"\bL(?:esser )?G(?:PL|eneral Public License)", re.IGNORECASE)
"""May be used as a library by what is under other terms."""


@cache
def locked() -> dict[str, dict[str, Any]]:
    found = tomllib.loads((CHECKOUT / "uv.lock").read_text())
    return {each["name"]: each for each in found["package"]}


@cache
def of_pages() -> dict[str, dict[str, Any]]:
    found = json.loads((CHECKOUT / "frontend" / "package-lock.json").read_text())
    return {name: each for name, each in found["packages"].items() if name}


def with_the_product() -> set[str]:
    """Names of what is installed with it, extras included and tools left out."""
    found: set[str] = set()
    ours = locked()["callboard"]
    asked = [
        *ours["dependencies"],
        *(each for extra in ours["optional-dependencies"].values() for each in extra),
    ]
    while asked:
        each = asked.pop()
        if each["name"] not in found:
            found.add(each["name"])
            package = locked()[each["name"]]
            asked += package.get("dependencies", [])
            for extra in each.get("extra", []):
                asked += package.get("optional-dependencies", {}).get(extra, [])
    return found


def terms(name: str) -> str:
    about = metadata.metadata(name)
    named = [each.rpartition(" :: ")[2] for each in about.get_all("Classifier", []) if "License ::" in each]
    said = [*about.get_all("License-Expression", []), "; ".join(named), *about.get_all("License", [])]
    return next(filter(None, said), "")


def test_every_file_is_known_by_its_hash_and_comes_from_one_registry() -> None:
    others = [each for name, each in locked().items() if name != "callboard"]
    assert {tuple(each["source"]) for each in others} == {("registry",)}, (
        "neither a path, a repository nor a link"
    )
    assert len({each["source"]["registry"] for each in others}) == 1
    files = [
        file for each in others for file in [*each.get("wheels", []), *filter(None, [each.get("sdist")])]
    ]
    assert len(files) > len(others)
    assert [file["url"] for file in files if not file.get("hash", "").startswith("sha256:")] == []


def test_what_pages_are_built_of_is_whole_and_runs_nothing_when_installed() -> None:
    assert [
        name for name, each in of_pages().items() if not each.get("integrity", "").startswith("sha512-")
    ] == []
    assert [name for name, each in of_pages().items() if each.get("hasInstallScript")] == []


def test_whoever_runs_or_sells_the_product_may() -> None:
    installed = {each.name.lower().replace("_", "-").replace(".", "-") for each in metadata.distributions()}
    python = {name: terms(name) for name in with_the_product() & installed}
    assert len(python) > 50
    pages = {name: str(each.get("license", "")) for name, each in of_pages().items()}
    told = python | pages
    assert {name for name, said in told.items() if not said} == set()
    assert {name: said for name, said in told.items() if COPYLEFT.search(LESSER.sub("", said))} == {}


FROM = re.compile(r"FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE)
INSTALL = re.compile(r"\bpip3?\s+install\b([^&|;]*)")
BUILDER = re.compile(r"uv==[0-9]+(?:\.[0-9]+)+")
OUR_WHEEL = "/build/dist/*.whl"


def loose(containerfile: str) -> list[str]:
    """What of it may be another thing tomorrow: images without a version, packages without a hash. In a stage
    that is only built in, uv by its version.
    """
    lines = [
        line for line in containerfile.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#")
    ]
    starts = [n for n, line in enumerate(lines) if re.match("FROM\\b", line, re.IGNORECASE)]
    found, stages = [], set()
    for n, line in enumerate(lines):
        if n in starts:
            said = FROM.match(line)
            image = said[1] if said else ""
            _name, _colon, tag = image.rpartition("/")[2].partition(":")
            if image not in stages and "@sha256:" not in image and tag in ("", "latest"):
                found.append(line)
            stages |= {said[2]} if said else set()
        for each in INSTALL.finditer(line):
            words = each[1].split()
            wanted = [word for word in words if not word.startswith("-")]
            builds = n < starts[-1] and len(wanted) == 1 and BUILDER.fullmatch(wanted[0])
            ours = "--no-deps" in words and wanted == [OUR_WHEEL]
            if not (builds or ours or "--require-hashes" in words):
                found.append(each[0].strip())
        if re.match(r"ADD\b|.*\b(?:curl|wget)\b", line):
            found.append(line)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "FROM python",
        "FROM python AS build",
        "FROM registry:5000/python",
        "FROM python:latest",
        "FROM --platform=linux/amd64 docker.io/library/python:latest AS build",
        "RUN pip install gunicorn",
        "RUN pip install --no-cache-dir uv==0.9.1",
        "RUN true \\\n && pip install --no-deps other.whl",
        "RUN pip install --require-hashes -r a.txt && pip install b",
        "ADD https://example.org/a.tar /",
        "RUN curl -O https://example.org/a",
    ],
)
def test_what_may_be_another_thing_tomorrow_is_found(line: str) -> None:
    assert loose(f"FROM docker.io/library/python:3.13-slim\n{line}\n")


def test_the_image_takes_what_is_locked_and_runs_as_nobody_special() -> None:
    text = (CHECKOUT / "deploy" / "Containerfile").read_text()
    lines = text.splitlines()
    assert loose(text) == []
    assert any("--require-hashes" in line for line in lines)
    last = max(n for n, line in enumerate(lines) if line.startswith("FROM"))
    users = [line.split()[1] for line in lines[last:] if line.startswith("USER")]
    assert users == ["callboard"]
    assert [line for line in lines if re.match(r"(?:ENV|ARG) .*(?:SECRET|PASSWORD|KEY|TOKEN)", line)] == []
