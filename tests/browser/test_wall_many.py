"""The wall at the size of a large school: canvases in place of thousands of elements."""

from __future__ import annotations

import json
import random
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.conftest import SignIn
from tests.browser.test_live import arrive
from tests.web import cast

GROUPS = {"Meridian eu-1": 4000, "Meridian us-1": 3500, "Aulario": 2500}


def many(wrong: float) -> dict[str, Any]:
    """Ten thousand sessions in three groups, a few of them with something wrong."""
    chance = random.Random(7)
    groups = []
    for title, count in GROUPS.items():
        cells = []
        for number in range(count):
            severity = chance.choice(["now", "soon", "watch"]) if chance.random() < wrong else ""
            live = 0 if number > count * 0.93 else 1
            state = chance.choice(["solid", "solid", "hollow"]) if severity else ""
            what = "Bad connection" if severity else ""
            cells.append([f"{title}-{number}", f"Lesson {number}", 0, 9e9, 2, live, severity, state, what])
        groups.append(
            {"key": title, "title": title, "place": "", "fine": "most as promised", "count": count,
             "cells": cells, "worst": [], "more": 0}
        )  # fmt: skip
    return {
        "groups": groups,
        "live": 9300,
        "fine": 9250,
        "now": 20,
        "soon": 15,
        "watch": 15,
        "hand": 0,
        "coming": [],
    }


def test_ten_thousand_sessions_are_drawn_on_canvases_that_open_a_session(
    calm: cast.School, sign_in: SignIn
) -> None:
    page = sign_in(calm.members["Nora"], "/wall/")
    expect(page.locator("[data-lag]")).not_to_be_empty()

    def answer(route: Route) -> None:
        route.fulfill(body=json.dumps(many(0.005)), content_type="application/json")

    page.route("**/wall/cells/**", answer)
    arrive(calm)
    expect(page.locator("callboard-wall canvas")).to_have_count(3)
    expect(page.locator(".cell")).to_have_count(0)
    expect(page.locator('[data-sum="live"]')).to_have_text("9300")
    canvas = page.locator("callboard-wall canvas").first
    expect(canvas).to_have_attribute("aria-label", "Meridian eu-1: 4000, most as promised")
    painted = canvas.evaluate(
        "canvas => { const d = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n; }"
    )
    assert painted > 100_000
    page.route("**/sessions/**", lambda route: route.fulfill(body="here", content_type="text/html"))
    canvas.click(position={"x": 11, "y": 11})
    page.wait_for_url("**/sessions/Meridian%20eu-1-*/")
