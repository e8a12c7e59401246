"""Speech and sightings: unions of spans, however they come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callboard.live.engine.sightings import Stretches
from callboard.live.engine.talk import Talk

SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda one: (one[0], sum(one))), max_size=20
)


@given(SPANS)
def test_talk_is_the_length_of_the_union(spans: list[tuple[int, int]]) -> None:
    talk = Talk()
    for start, end in spans:
        talk.add(start, end)
    assert talk.total() == len({moment for start, end in spans for moment in range(start, end)})


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30), st.randoms())
def test_stretches_are_the_same_in_any_order(moments: list[int], rng: object) -> None:
    gap = 20
    expected: list[list[int]] = []
    for moment in sorted(moments):
        if expected and moment - expected[-1][1] < gap:
            expected[-1][1] = moment
        else:
            expected.append([moment, moment])
    seen = Stretches(gap)
    for moment in moments:
        seen.see(moment)
    assert seen.spans == expected
    assert seen.last == expected[-1]
