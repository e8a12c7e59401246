"""Programs run together, come back when they crash, and never outlive their supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callboard.lib.processes import guard, supervisor
from callboard.lib.processes.ready import wait_until
from callboard.lib.processes.supervisor import Program, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); "
PARENT = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "open(sys.argv[1], 'w').write(str(child.pid)); time.sleep(600)"
)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def pair(said: list[str], tmp_path: Path) -> Iterator[Supervisor]:
    programs = [Program("one", SLEEPER), Program("two", SLEEPER)]
    with Supervisor(programs, log_dir=tmp_path, say=said.append) as running:
        yield running


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_killed_program_is_started_again_and_the_other_is_left_alone(
    pair: Supervisor, said: list[str]
) -> None:
    first, other = pair.pid("one"), pair.pid("two")
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: pair.pid("one") != first and "one" in pair.running(), 10)
    assert pair.pid("two") == other
    assert said == ["one ended with -9; starting it again in 0.1 s."]


def test_stopping_ends_every_program(pair: Supervisor) -> None:
    pids = list(pair.running().values())
    pair.stop()
    assert all(gone(pid) for pid in pids)
    pair.stop()


def test_a_program_that_will_not_stop_is_killed(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_PATIENCE", 0.3)
    program = Program("mule", [sys.executable, "-c", STUBBORN + "time.sleep(600)"])
    with Supervisor([program], log_dir=tmp_path, say=said.append) as running:
        assert wait_until(lambda: "up" in (tmp_path / "mule.log").read_text(), 10)
        pid = running.pid("mule")
    assert gone(pid)
    assert said == ["mule did not stop in time; killed."]


def test_a_program_that_waits_for_its_users_is_asked_twice(said: list[str], tmp_path: Path) -> None:
    waits = (
        "import signal, sys, time; "
        "first = lambda *_: signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); "
        "signal.signal(signal.SIGTERM, first); print('up', flush=True); time.sleep(600); time.sleep(600)"
    )
    programs = [Program("rooms", [sys.executable, "-c", waits], insist=True)]
    with Supervisor(programs, log_dir=tmp_path, say=said.append) as running:
        assert wait_until(lambda: "up" in (tmp_path / "rooms.log").read_text(), 10)
        running.stop()
    assert said == [], "it ended by itself"


def test_a_program_that_leads_asks_its_own_children(said: list[str], tmp_path: Path) -> None:
    mark = tmp_path / "asked"
    child = f"import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: open({str(mark)!r}, 'w')); "
    child += "print('up', flush=True); time.sleep(600)"
    leader = (
        "import signal, subprocess, sys, time; children = []; "
        "end = lambda *_: (time.sleep(0.5), children[0].kill(), children[0].wait(), sys.exit()); "
        "signal.signal(signal.SIGTERM, end); "
        f"children.append(subprocess.Popen([sys.executable, '-c', {child!r}])); time.sleep(600)"
    )
    programs = [Program("one", [sys.executable, "-c", leader], leads=True)]
    with Supervisor(programs, log_dir=tmp_path, say=said.append):
        assert wait_until(lambda: "up" in (tmp_path / "one.log").read_text(), 10)
    assert not mark.exists()
    assert said == []


def test_what_a_killed_program_had_started_itself_dies_before_it_is_started_again(
    tmp_path: Path, said: list[str]
) -> None:
    note = tmp_path / "child"
    program = Program("parent", [sys.executable, "-c", PARENT, str(note)])
    with Supervisor([program], log_dir=tmp_path, say=said.append) as running:
        assert wait_until(lambda: note.exists() and note.read_text() != "", 10)
        grandchild = int(note.read_text())
        os.kill(running.pid("parent"), signal.SIGKILL)
        assert wait_until(lambda: gone(grandchild), 10)


def test_a_program_that_may_end_is_not_started_again(tmp_path: Path, said: list[str]) -> None:
    program = Program("once", [sys.executable, "-c", "pass"], restart=False)
    with Supervisor([program], log_dir=tmp_path, say=said.append) as running:
        pid = running.pid("once")
        assert wait_until(lambda: not running.running(), 10)
        assert running.pid("once") == pid
    assert said == []


def test_lines_on_standard_error_carry_the_programs_name(capfd: pytest.CaptureFixture[str]) -> None:
    program = Program("web", [sys.executable, "-c", "print('hello')"], restart=False)
    with Supervisor([program]) as running:
        assert wait_until(lambda: not running.running(), 10)
        text = ""

        def heard() -> bool:
            nonlocal text
            text += capfd.readouterr().err
            return "web | hello" in text

        assert wait_until(heard, 10)


@pytest.mark.killing
def test_when_the_supervisor_is_killed_its_programs_go(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path;"
        "from callboard.lib.processes.supervisor import Program, Supervisor;"
        f"programs = [Program(name, {SLEEPER!r}) for name in 'ab'];"
        f"s = Supervisor(programs, log_dir=Path({str(tmp_path)!r}));"
        "s.start(); print(s.pid('a'), s.pid('b'), flush=True); time.sleep(600)"
    )
    victim = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    pids = [int(word) for word in victim.stdout.readline().split()]
    victim.kill()
    victim.communicate()
    assert len(pids) == 2
    assert wait_until(lambda: not any(guard.group_exists(pid) for pid in pids), guard.PATIENCE + 5)
