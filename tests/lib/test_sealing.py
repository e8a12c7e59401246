"""Secrets at rest."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.lib import sealing


def test_what_is_sealed_opens_again_and_does_not_show() -> None:
    sealed = sealing.seal("a secret")
    assert "a secret" not in sealed
    assert sealing.unseal(sealed) == "a secret"


def test_a_former_key_still_opens(settings: Any) -> None:
    sealed = sealing.seal("a secret")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key altogether"
    assert sealing.unseal(sealed) == "a secret"


def test_another_installation_does_not_open_it(settings: Any) -> None:
    sealed = sealing.seal("a secret")
    settings.SECRET_KEY = "another key altogether"
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(sealed)


def test_what_is_sealed_for_one_purpose_opens_for_no_other() -> None:
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(sealing.seal("a secret"), "second factor")
