"""Following the links of pages, as somebody would who clicks on everything."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections import Counter, deque

LINK = re.compile(r'(?:href|hx-get|data-ask)="(/[^"#]*)"')
ONE_OF_MANY = re.compile(r"\d+|(?<=/sessions/)[^/]+|=[^&]*")
"""What tells addresses apart that lead to the same page of something else."""
ELSEWHERE = ("/static/", "/account/", "/demo/")


def failing(opener: urllib.request.OpenerDirector, base: str, each: int = 2) -> tuple[list[str], int]:
    """The pages that cannot be shown, with where a link to them stands, and how many were asked for: `each`
    of every kind, from the first page on.
    """
    found: list[str] = []
    todo, kinds = deque([("/", "")]), Counter({"/": each})
    asked = 0
    while todo:
        path, where = todo.popleft()
        asked += 1
        try:
            with opener.open(base + path, timeout=60) as answer:
                text = answer.read().decode() if "html" in answer.headers.get("content-type", "") else ""
        except urllib.error.HTTPError as error:
            found.append(f"{error.code} {path} of {where}")
            continue
        for href in dict.fromkeys(LINK.findall(text)):
            kind = ONE_OF_MANY.sub("*", href)
            if not href.startswith(ELSEWHERE) and "stream" not in href and kinds[kind] < each:
                kinds[kind] += 1
                todo.append((href.replace("&amp;", "&"), path))
    return found, asked
