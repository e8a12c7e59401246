"""The wall at the size of a large school: canvases for thousands, read once and then in parts."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import SignIn
from tests.browser.test_live import arrive
from tests.web import cast

PLACES = {"Meridian eu-1": 4000, "Meridian us-1": 3500, "Aulario": 2500}
SUBJECTS = ["maths", "piano"]

LONG_FRAMES = """() => { window.long = []; new PerformanceObserver(list => {
  for (const each of list.getEntries()) window.long.push(Math.round(each.duration)); })
  .observe({ type: 'longtask', buffered: true }); }"""


def many(wrong: float) -> dict[str, Any]:
    """Ten thousand sessions in three places, a few of them with something wrong."""
    chance = random.Random(7)
    names = [*PLACES, *SUBJECTS, "eu", "node-1", "Lesson"]
    rows: list[list[object]] = []
    cases: list[list[object]] = []
    for place, (title, count) in enumerate(PLACES.items()):
        for number in range(count):
            key = f"{title}-{number}"
            live = 0 if number > count * 0.93 else 1
            rows.append([key, 7, 0, 9_000_000_000, 2, live, place, 5, 3 + number % 2, 6])
            if chance.random() < wrong:
                severity = chance.choice(["now", "soon", "watch"])
                cases.append([len(cases) + 1, key, severity, "solid", "Bad connection", "Ana", 60, "", "", 0])
    return {"names": names, "rows": rows, "cases": cases, "coming": []}


class Server:
    """Answers for the wall's data: whole, and of one session alone."""

    def __init__(self, page: Page) -> None:
        self.whole = many(0.005)
        self.asked: list[str] = []
        page.route("**/wall/cells/**", self.answer)

    def answer(self, route: Route) -> None:
        keys = parse_qs(urlsplit(route.request.url).query).get("keys", [""])[0]
        self.asked.append(keys)
        told = self.whole
        if keys:
            row = [keys, 7, 0, 9_000_000_000, 2, 1, 0, 5, 3, 6]
            cases = [[99, keys, "now", "solid", "Everyone has left", "", 0, "", "", 0]]
            told = {"names": told["names"], "rows": [row], "cases": cases, "gone": []}
        route.fulfill(body=json.dumps(told), content_type="application/json")


def opened(calm: cast.School, sign_in: SignIn) -> tuple[Page, Server]:
    page = sign_in(calm.members["Nora"], "/queue/")
    page.add_init_script(f"({LONG_FRAMES})()")
    server = Server(page)
    page.goto(page.url.replace("/queue/", "/wall/"))
    expect(page.locator("callboard-wall canvas")).to_have_count(3)
    expect(page.locator("[data-lag]")).not_to_be_empty()
    return page, server


def test_ten_thousand_sessions_are_drawn_on_canvases_that_open_a_session(
    calm: cast.School, sign_in: SignIn
) -> None:
    page, _server = opened(calm, sign_in)
    expect(page.locator(".cell")).to_have_count(0)
    expect(page.locator('[data-sum="live"]')).to_have_text("9303")
    canvas = page.locator("callboard-wall canvas").nth(1)
    assert (canvas.get_attribute("aria-label") or "").startswith("Meridian eu-1: 4000, ")
    painted = canvas.evaluate(
        "canvas => { const d = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n; }"
    )
    assert painted > 100_000
    page.route("**/sessions/**", lambda route: route.fulfill(body="here", content_type="text/html"))
    canvas.click(position={"x": 11, "y": 11})
    page.wait_for_url("**/sessions/Meridian%20eu-1-*/")


def test_a_change_is_asked_for_alone_and_its_frames_are_counted(
    calm: cast.School, sign_in: SignIn, record_property: Callable[[str, object], None]
) -> None:
    page, server = opened(calm, sign_in)
    worst = page.locator(".wall-worst").nth(1)
    arrive(calm, "room_empty", "now")
    expect(worst).to_contain_text("Everyone has left")
    assert server.asked[-1] == "s-chemistry-10"
    assert server.asked.count("") == 1
    record_property("frames over 50 ms, in ms", page.evaluate("window.long"))


def test_the_wall_is_narrowed_and_its_address_says_so(calm: cast.School, sign_in: SignIn) -> None:
    page, _server = opened(calm, sign_in)
    page.locator('[name="subject"]').select_option("piano")
    expect(page.locator(".wall-name b").first).to_have_text("1,250")
    page.locator('[name="severity"]').select_option("wrong")
    expect(page.locator("callboard-wall canvas")).to_have_count(0)
    assert page.locator(".cell").count() > 5
    assert "subject=piano" in page.url
    page.reload()
    expect(page.locator('[name="subject"]')).to_have_value("piano")
    assert page.locator(".cell").count() > 5
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("callboard-wall canvas")).to_have_count(3)


def test_the_table_says_what_the_canvas_draws(calm: cast.School, sign_in: SignIn) -> None:
    page, _server = opened(calm, sign_in)
    page.keyboard.press("t")
    expect(page.locator("callboard-wall")).to_be_hidden()
    expect(page.locator("#wall-table tbody tr")).to_have_count(3)
    expect(page.locator("#wall-table")).to_contain_text("Bad connection")
