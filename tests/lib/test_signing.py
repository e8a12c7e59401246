"""Tokens that name a row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.lib import clock, signing


def test_a_token_gives_back_what_was_signed() -> None:
    assert signing.read("join", signing.sign("join", 7, "abc")) == ("7", "abc")


def test_a_changed_token_is_refused() -> None:
    token = signing.sign("join", 7, "abc")
    with pytest.raises(signing.BadToken):
        signing.read("join", token.replace("7", "8", 1))


def test_a_token_for_one_purpose_is_none_for_another() -> None:
    with pytest.raises(signing.BadToken):
        signing.read("play", signing.sign("join", 7))


def test_a_token_ends_when_its_time_is_over() -> None:
    now = clock.now()
    assert signing.read_until("play", signing.sign_until("play", now + timedelta(minutes=5), 3)) == ("3",)
    with pytest.raises(signing.TokenExpired):
        signing.read_until("play", signing.sign_until("play", now - timedelta(seconds=1), 3))


def test_a_token_is_fit_for_an_address() -> None:
    token = signing.sign("join", 7, "ses_abc")
    assert all(sign.isalnum() or sign in "._-" for sign in token)


def test_a_value_that_would_be_read_as_two_is_refused() -> None:
    with pytest.raises(ValueError, match="colon"):
        signing.sign("join", "a:b")
