"""Every page round signing in is there, also for whoever has a second factor and a passkey."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.people.cast import login
from tests.people.test_sign_in import EMAIL, browser, sign_in_and_confirm, with_passkey, with_second_factor

pytestmark = pytest.mark.django_db

PAGES = [
    "password/change/",
    "email/",
    "logout/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "reauthenticate/",
]


@pytest.fixture
def client() -> Client:
    login(EMAIL)
    return browser()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_whoever_is_signed_in_answers(client: Client, page: str) -> None:
    sign_in_and_confirm(client)
    assert client.get(f"/account/{page}").status_code == 200


@pytest.mark.parametrize("page", ["login/", "password/reset/", "password/reset/done/", "signup/"])
def test_a_page_of_whoever_is_not_answers(client: Client, page: str) -> None:
    assert client.get(f"/account/{page}").status_code == 200


def test_what_was_set_up_is_listed_and_can_be_taken_away(client: Client) -> None:
    with_second_factor(client)
    with_passkey(client)
    for page in (
        "2fa/",
        "2fa/webauthn/",
        "2fa/recovery-codes/",
        "2fa/totp/deactivate/",
        "2fa/reauthenticate/",
    ):
        assert client.get(f"/account/{page}").status_code == 200, page
    assert "Phone" in client.get("/account/2fa/webauthn/").content.decode()
    assert client.post("/account/2fa/totp/deactivate/").status_code == 302


def test_the_second_step_of_signing_in_is_a_page(client: Client) -> None:
    with_second_factor(client)
    again = browser()
    again.post("/account/login/", {"login": EMAIL, "password": "seven quiet harbours"})
    assert again.get("/account/2fa/authenticate/").status_code == 200
