"""No recorder starts without the gate: what it takes to start one is made there and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import callboard
from callboard.sessions.ports import Leave, RoomProvider

ROOT = Path(callboard.__file__).parent
GATE = ROOT / "sessions" / "operations" / "gate.py"


def calls(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = node.func
            found.append(named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", ""))
    return found


def test_leave_to_record_is_made_by_the_gate_alone() -> None:
    makers = [path for path in ROOT.rglob("*.py") if Leave.__name__ in calls(path)]
    assert makers == [GATE]


def test_a_providers_recorder_takes_leave_and_nothing_else() -> None:
    assert RoomProvider.start_recording.__annotations__["leave"] == Leave.__name__
    asking = [path.name for path in ROOT.rglob("*.py") if "start_recording" in calls(path)]
    assert asking == ["recover_recording.py"]


def test_rooms_that_record_by_themselves_and_our_own_recorder_ask_the_gate() -> None:
    for name in ("workflows/rooms.py", "integrations/recorder/books.py"):
        path = ROOT / name
        assert "may_record" in calls(path), name
        attributes = {
            node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)
        }
        assert "recording_wanted" not in attributes, name
