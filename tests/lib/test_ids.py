from __future__ import annotations

from callboard.lib import ids


def test_an_id_tells_by_its_prefix_what_it_names() -> None:
    assert ids.session_key().startswith("ses_")
    assert ids.person_key().startswith("per_")


def test_ids_hold_no_letter_that_reads_as_another() -> None:
    drawn = "".join(ids.new("x").removeprefix("x_") for _ in range(200))
    assert set(drawn) <= set(ids.ALPHABET)
    assert not set("ilou") & set(ids.ALPHABET)


def test_an_id_that_was_made_is_told_from_one_that_somebody_chose() -> None:
    assert ids.is_made(ids.person_key())
    assert not any(map(ids.is_made, ("7", "stu-1042", "per_7", f"{ids.person_key()}x")))


def test_ten_thousand_ids_are_ten_thousand() -> None:
    assert len({ids.new("x") for _ in range(10_000)}) == 10_000
