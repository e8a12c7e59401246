"""Callboard refuses to start unsafely, and says why."""

from __future__ import annotations

import pytest

from callboard.lib import safety

KEY = "kq3vLh8Zt0yRw5uXn2bJc7dMf9gPs4aEe6iOl1"
SOUND = {"CALLBOARD_BASE_URL": "https://callboard.example.org", "CALLBOARD_SECRET_KEY": KEY}


def test_an_address_and_a_key_are_all_that_it_takes() -> None:
    assert safety.problems(SOUND) == []
    assert safety.hosts(SOUND) == ["callboard.example.org", "localhost", "127.0.0.1", "[::1]"]
    assert safety.origins(SOUND) == ["https://callboard.example.org"]
    assert safety.proxies(SOUND) == 1


def test_for_this_machine_alone_nothing_is_asked() -> None:
    assert safety.problems({}) == []
    assert safety.problems({"CALLBOARD_BASE_URL": "http://127.0.0.1:8000", "CALLBOARD_DEBUG": "1"}) == []
    assert safety.proxies({}) == 0


def test_this_machine_is_answered_whatever_hosts_are_named() -> None:
    said = SOUND | {"CALLBOARD_HOSTS": "callboard.example.org,board.example.org"}
    assert safety.problems(said) == []
    named = ["callboard.example.org", "board.example.org"]
    assert safety.hosts(said) == [*named, "localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"CALLBOARD_DEBUG": "1"}, "CALLBOARD_DEBUG"),
        ({"CALLBOARD_DEBUG": "of"}, "CALLBOARD_DEBUG is 'of', and must be 1 or 0"),
        ({"CALLBOARD_MAIL_TLS": "ture"}, "CALLBOARD_MAIL_TLS is 'ture', and must be 1 or 0"),
        ({"CALLBOARD_TRUSTED_PROXIES": "two"}, "CALLBOARD_TRUSTED_PROXIES is 'two', and must be a whole"),
        ({"CALLBOARD_HOSTS": "*"}, "whoever makes up a host"),
        ({"CALLBOARD_HOSTS": "other.example.org"}, "lacks callboard.example.org"),
        ({"CALLBOARD_BASE_URL": "http://callboard.example.org"}, "plain http"),
        ({"CALLBOARD_BASE_URL": "callboard.example.org"}, "give the address"),
        ({"CALLBOARD_TRUSTED_PROXIES": "0"}, "CALLBOARD_TRUSTED_PROXIES is 0"),
        ({"CALLBOARD_SECRET_KEY": "short"}, "can be guessed"),
        ({"CALLBOARD_SECRET_KEY": "a" * 60}, "can be guessed"),
        ({"CALLBOARD_SECRET_KEY": f"django-insecure-{KEY}"}, "can be guessed"),
        ({"CALLBOARD_SECRET_KEY_FALLBACKS": f"{KEY},old"}, "CALLBOARD_SECRET_KEY_FALLBACKS can be guessed"),
    ],
)
def test_what_is_unsafe_is_said_in_one_sentence(change: dict[str, str], named: str) -> None:
    (problem,) = safety.problems(SOUND | change)
    assert named in problem


def test_a_key_is_needed_where_nobody_makes_one() -> None:
    bare = {"CALLBOARD_BASE_URL": "https://callboard.example.org"}
    assert safety.problems(bare) == []
    (problem,) = safety.problems(bare, key_needed=True)
    assert "CALLBOARD_SECRET_KEY is not given" in problem


def test_plain_http_is_let_through_where_it_is_said_to_be_meant() -> None:
    said = SOUND | {"CALLBOARD_BASE_URL": "http://callboard.lan:8000", "CALLBOARD_INSECURE_HTTP": "1"}
    assert safety.problems(said) == []


@pytest.mark.parametrize("host", [".example.org", "CALLBOARD.example.org", "callboard.example.org"])
def test_hosts_are_matched_as_django_does(host: str) -> None:
    assert safety.problems(SOUND | {"CALLBOARD_HOSTS": host}) == []
