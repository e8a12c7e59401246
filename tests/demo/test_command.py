"""`callboard demo` from outside: it answers, it is alive, and its end ends everything."""

from __future__ import annotations

import http.cookiejar
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.processes.ready import wait_until
from tests.support import links

COMMAND = [sys.executable, "-m", "callboard.cli.main", "demo"]
PATIENCE = 90.0  # seconds; the contract's are for a machine that has nothing else to do

pytestmark = pytest.mark.killing


class Demo:
    """One that runs, and what it printed."""

    def __init__(self, process: subprocess.Popen[str], told: dict[str, Any]) -> None:
        self.process = process
        self.told = told

    def ask(self, path: str, method: str = "GET", **body: Any) -> tuple[int, Any]:
        request = urllib.request.Request(
            self.told["api_url"] + path,
            method=method,
            data=json.dumps(body).encode() if method != "GET" else None,
            headers={"authorization": f"Bearer {self.told['api_key']}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def cases(self, status: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.ask(f"/v1/cases?status={status}")[1]["items"]
        return items

    def end(self, signum: signal.Signals) -> float:
        """Seconds until it had ended."""
        began = time.monotonic()
        self.process.send_signal(signum)
        self.process.wait(PATIENCE)
        return time.monotonic() - began


def environment(mark: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CALLBOARD_", "DJANGO_"))
    }
    return kept | {"CALLBOARD_TEST_MARK": mark}


def start(folder: Path, mark: str, size: str = "small") -> Demo:
    process = subprocess.Popen(
        [*COMMAND, "--json", "--size", size, "--pace", "4", "--data-dir", str(folder)],
        env=environment(mark), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return Demo(process, json.loads(process.stdout.readline()))


def left_of(mark: str) -> list[str]:
    """The processes whose environment has the mark."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"CALLBOARD_TEST_MARK={mark}\0".encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc to look for what is left")
    place = tmp_path_factory.mktemp("demo") / "data"
    yield place
    EmbeddedServer(place).destroy()


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Demo]:
    running = start(folder, "shared")
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


def test_it_prints_how_to_get_in_and_answers_there(demo: Demo) -> None:
    assert set(demo.told) == {
        "url", "login_url", "logins", "api_url", "api_key", "database_url", "owner_database_url",
    }  # fmt: skip
    assert demo.told["url"].startswith("http://127.0.0.1:")
    for path in ("/health/live", "/health/ready", "/metrics"):
        with urllib.request.urlopen(demo.told["url"] + path) as answer:
            assert answer.status == 200
    with psycopg.connect(demo.told["database_url"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("callboard_app",)
    with psycopg.connect(demo.told["owner_database_url"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("callboard_owner",)


def test_cases_with_evidence_are_open(demo: Demo) -> None:
    assert wait_until(lambda: any(case["evidence"] for case in demo.cases("open")), PATIENCE)


def test_every_login_works_each_time(demo: Demo) -> None:
    for role, url in demo.told["logins"].items():
        for _ in range(2):
            jar = http.cookiejar.CookieJar()
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
            with browser.open(url) as page:
                assert page.status == 200, role
                assert "/account/login" not in page.url
            assert len(jar) >= 1
    assert demo.told["login_url"] == demo.told["logins"]["coordinator"]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(demo.told["url"] + "/demo/login/guessed")


@pytest.mark.parametrize("role", ["admin", "coordinator", "instructor", "guardian"])
def test_no_link_leads_to_a_page_that_fails(demo: Demo, role: str) -> None:
    assert wait_until(lambda: any(case["evidence"] for case in demo.cases("open")), PATIENCE)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    browser.open(demo.told["logins"][role]).close()
    failing, asked = links.failing(browser, demo.told["url"])
    assert failing == []
    assert asked >= (60 if role in ("admin", "coordinator") else 5)


def test_ending_a_session_sends_everyone_out_and_its_stranger_with_them(demo: Demo) -> None:
    def with_people_in() -> list[dict[str, Any]]:
        return [case for case in demo.cases("open") if "end_session" in case["actions"]]

    assert wait_until(lambda: bool(with_people_in()), PATIENCE)
    case = with_people_in()[0]
    status, said = demo.ask(f"/v1/cases/{case['id']}/actions/end_session", "POST")
    assert status == 200, said

    def ended() -> bool:
        return bool(demo.ask(f"/v1/sessions/{case['session']}")[1]["status"] == "ended")

    assert wait_until(ended, PATIENCE)


def test_the_pace_can_be_set(demo: Demo) -> None:
    url = demo.told["url"] + "/demo/pace"
    with urllib.request.urlopen(url, data=urllib.parse.urlencode({"pace": "2.0"}).encode()) as answer:
        assert json.load(answer) == {"pace": 2.0}
    with urllib.request.urlopen(url) as answer:
        assert json.load(answer) == {"pace": 2.0}
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(url, data=b"pace=fast")


def test_each_case_can_be_checked_against_its_fault(demo: Demo) -> None:
    with urllib.request.urlopen(demo.told["url"] + "/demo/faults") as answer:
        faults = json.load(answer)["items"]
    demanded = {
        (due["kind"], due["session"] or fault["session"]) for fault in faults for due in fault["dues"]
    }
    assert {(case["kind"], case["session"]) for case in demo.cases("open")} & demanded


def test_a_second_demo_in_the_same_folder_is_refused(demo: Demo, folder: Path) -> None:
    assert demo.process.poll() is None
    second = subprocess.run(
        [*COMMAND, "--json", "--size", "small", "--data-dir", str(folder)],
        env=environment("second"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert second.returncode == 2
    assert json.loads(second.stdout)["error"]["code"] == "in_use"


def test_its_end_ends_everything_and_it_starts_anew_in_the_same_folder(demo: Demo, folder: Path) -> None:
    assert len(left_of("shared")) >= 5
    took = demo.end(signal.SIGINT)
    assert demo.process.returncode == 0
    assert left_of("shared") == []
    assert took < PATIENCE
    again = start(folder, "again")
    assert wait_until(lambda: any(case["evidence"] for case in again.cases("open")), PATIENCE)
    again.process.kill()  # whatever happens to it, nothing stays
    again.process.wait()
    assert wait_until(lambda: left_of("again") == [], 30)


def test_interrupted_on_the_way_up_it_leaves_nothing(folder: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--json", "--size", "small", "--data-dir", str(folder)],
        env=environment("early"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "Writing its people" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    assert wait_until(lambda: left_of("early") == [], 30)
