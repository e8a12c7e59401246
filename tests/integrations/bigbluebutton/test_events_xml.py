"""BigBlueButton logs: attendance and talk as an independent reading of the XML says; broken ones refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from callboard.cli.replaying.answer import answer_of
from callboard.cli.replaying.game import Game
from callboard.cli.replaying.sources import open_source
from callboard.integrations.bigbluebutton.events_xml import NotARecording, read

GOOD = ("sample.xml", "new-events-2_5.xml", "sample-events.xml")
BROKEN = {"empty.xml": "xml_broken", "no_key.xml": "not_a_recording", "sample_no_events.xml": "no_events"}


@pytest.fixture
def logs(shared_data: Path) -> Path:
    return shared_data / "bbb_events" / "events"


def replayed(path: Path) -> dict[str, Any]:
    game = Game(open_source(path))
    game.play(None, lambda: None)
    session: dict[str, Any] = answer_of([game], 1.0)["sessions"][0]
    return session


def independent(path: Path) -> dict[str, tuple[float, float]]:
    """Seconds there and seconds talking, by person, with regular expressions and no reader of ours."""
    text = path.read_text("utf-8")
    events = re.findall(
        r'<event timestamp="(\d+)" module="(\w+)" eventname="(\w+)">(.*?)</event>', text, re.S
    )
    last = max(int(stamp) for stamp, *_ in events)
    owner: dict[str, str] = {}
    there: dict[str, set[str]] = {}
    since: dict[str, int] = {}
    present: dict[str, int] = {}
    spoken: dict[str, set[int]] = {}
    talking: dict[str, int] = {}

    def hush(connection: str, at: int) -> None:
        if connection in talking:
            spoken[owner[connection]].update(range(talking.pop(connection), at))

    for stamp, module, name, body in sorted(events, key=lambda one: int(one[0])):
        at, fields = int(stamp), dict(re.findall(r"<(\w+)>([^<]*)</\1>", body))
        connection = fields.get("participant") or fields.get("userId", "")
        if name == "ParticipantJoinEvent":
            who = owner[connection] = fields.get("externalUserId") or connection
            spoken.setdefault(who, set())
            present.setdefault(who, 0)
            if not there.setdefault(who, set()):
                since[who] = at
            there[who].add(connection)
        elif name == "ParticipantLeftEvent" and module == "PARTICIPANT":
            who = owner[connection]
            hush(connection, at)
            if connection in there[who]:
                there[who].discard(connection)
                if not there[who]:
                    present[who] += at - since.pop(who)
        elif name == "ParticipantTalkingEvent" and fields["talking"] == "true":
            talking.setdefault(connection, at)
        elif (
            (name == "ParticipantTalkingEvent" and fields["talking"] == "false")
            or name == "ParticipantLeftEvent"
            or (name == "ParticipantMutedEvent" and fields["muted"] == "true")
        ):
            hush(connection, at)
    for connection in list(talking):
        hush(connection, last)
    for who, began in since.items():
        present[who] += last - began
    return {who: (present[who] / 1000, len(spoken[who]) / 1000) for who in present}


@pytest.mark.parametrize("name", GOOD)
def test_attendance_and_talk_are_what_the_xml_says(logs: Path, name: str) -> None:
    people = {one["identity"]: one for one in replayed(logs / name)["participants"]}
    expected = independent(logs / name)
    assert people.keys() == expected.keys()
    for who, (present, talk) in expected.items():
        assert people[who]["present_s"] == pytest.approx(present, abs=0.1)
        assert people[who]["talk_s"] == pytest.approx(talk, abs=0.1)


def test_a_log_without_wall_clock_takes_it_from_the_meetings_id(logs: Path) -> None:
    session = replayed(logs / "sample.xml")
    assert session["started_at"].startswith("2018-08-16T15:39:21")
    assert session["ended_at"].startswith("2018-08-16T15:40:58")
    assert session["seconds"] == pytest.approx(97, abs=1)


def test_moderators_teach(logs: Path) -> None:
    roles = [one["role"] for one in replayed(logs / "sample-events.xml")["participants"]]
    assert roles.count("instructor") == 1
    assert set(roles) == {"instructor", "learner"}


def test_neither_names_nor_chat_come_out(logs: Path) -> None:
    said = repr(read(logs / "sample.xml").events)
    assert "Hello!" not in said
    assert "Tim" not in said
    assert "Jeff" not in said


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_log_is_refused_saying_why(logs: Path, name: str) -> None:
    with pytest.raises(NotARecording) as caught:
        read(logs / name)
    assert caught.value.code == BROKEN[name]


def test_a_log_cut_short_is_refused_naming_the_line(logs: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.xml"
    cut.write_bytes((logs / "sample.xml").read_bytes()[:20000])
    with pytest.raises(NotARecording) as caught:
        read(cut)
    assert caught.value.code == "xml_broken"
    assert caught.value.line


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xml"
    bomb.write_text(
        '<!DOCTYPE r [<!ENTITY a "b">]><recording meeting_id="m-1"><event>&a;</event></recording>'
    )
    with pytest.raises(NotARecording):
        read(bomb)
