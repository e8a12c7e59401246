"""What a browser's figures say of each direction: the classroom's own script, run by Node."""

from __future__ import annotations

from typing import Any

from tests.web import scripts

LOOK = """async ({ Looks }, all) => {
  const looks = new Looks();
  const track = (rows) => ({ source: "camera", getRTCStatsReport: async () => rows });
  const tracks = (rows) => new Map([["one", { track: track(rows) }]]);
  const found = [];
  for (const { own, theirs } of all) {
    const person = { trackPublications: tracks(theirs) };
    const others = new Map([["them", person]]);
    const room = { localParticipant: { trackPublications: tracks(own) }, remoteParticipants: others };
    found.push(await looks.look(room));
  }
  return found;
}"""
STUBS = '{ "livekit-client": { Track: { Source: { Unknown: "unknown" } } } }'


def after_looks(*looks: dict[str, list[dict[str, Any]]]) -> Any:
    """What the last look says."""
    return scripts.run("classroom/stats.ts", LOOK, looks, STUBS)[-1]


def look(
    sent: int, reported: float, came: int, jitter: float, lost: int = 0
) -> dict[str, list[dict[str, Any]]]:
    """Packets and jitter of one stream each way. The report may stand before the stream that it is of."""
    told = {"jitter": reported, "roundTripTime": reported, "packetsLost": lost}
    return {
        "own": [
            {"id": "R", "type": "remote-inbound-rtp", "localId": "O", **told},
            {"id": "O", "type": "outbound-rtp", "packetsSent": sent},
        ],
        "theirs": [
            {"id": "I", "type": "inbound-rtp", "packetsReceived": came, "packetsLost": lost, "jitter": jitter}
        ],
    }


def test_streams_that_flow_are_looked_at() -> None:
    both = after_looks(look(100, 0.02, 200, 0.03), look(150, 0.04, 290, 0.05, lost=10))
    up, down = both["up"], both["down"]
    assert (up["packets"], up["lost"], up["jitter"], up["rtt"]) == (50, 10, 0.04, 0.04)
    assert (down["packets"], down["lost"], down["jitter"]) == (100, 10, 0.05)


def test_a_stream_that_rests_does_not_go_on_telling_of_its_last_bad_moment() -> None:
    both = after_looks(look(100, 0.9, 200, 0.9), look(100, 0.9, 200, 0.9))
    assert (both["up"]["jitter"], both["up"]["jitters"], both["up"]["rtt"]) == (0, 0, 0)
    assert (both["down"]["jitter"], both["down"]["jitters"]) == (0, 0)
