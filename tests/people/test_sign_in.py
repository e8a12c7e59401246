"""Signing in: by password, with a second factor, by passkey; and what is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client

from callboard.people.models import User
from tests.people.authenticator import Passkey
from tests.people.cast import PASSWORD, login

pytestmark = pytest.mark.django_db

EMAIL = "nora@maple.example"


@pytest.fixture(autouse=True)
def no_attempts_so_far() -> None:
    cache.clear()


@pytest.fixture
def nora() -> User:
    return login(EMAIL)


def browser() -> Client:
    """One at http://localhost, where passkeys work without https."""
    return Client(headers={"host": "localhost"})


def sign_in(client: Client, password: str = PASSWORD, email: str = EMAIL) -> Any:
    return client.post("/account/login/", {"login": email, "password": password})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def sign_in_and_confirm(client: Client, email: str = EMAIL) -> None:
    """Sign in, and say the password once more, as changing how one signs in asks for."""
    sign_in(client, email=email)
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def with_second_factor(client: Client) -> str:
    """Sign in and turn on one-time codes; answers their secret."""
    sign_in_and_confirm(client)
    secret: str = client.get("/account/2fa/totp/activate/").context["form"].secret
    assert client.post("/account/2fa/totp/activate/", {"code": code(secret)}).status_code == 302
    return secret


def test_a_password_signs_in_whatever_the_case_of_the_address(nora: User) -> None:
    client = browser()
    assert sign_in(client, email="Nora@Maple.EXAMPLE").status_code == 302
    assert signed_in(client)


def test_a_wrong_password_says_no_more_than_an_unknown_address(nora: User) -> None:
    wrong = sign_in(browser(), "not the harbours").context["form"].errors
    unknown = sign_in(browser(), email="eve@else.example").context["form"].errors
    assert wrong == unknown
    assert wrong


def test_guessing_is_stopped_after_a_few_wrong_passwords(nora: User) -> None:
    for _ in range(5):
        sign_in(browser(), "not the harbours")
    client = browser()
    sign_in(client)
    assert not signed_in(client)


def test_a_login_that_is_off_does_not_sign_in(nora: User) -> None:
    User.objects.update(is_active=False)
    client = browser()
    sign_in(client)
    assert not signed_in(client)


def test_nobody_signs_up(nora: User) -> None:
    asked = {"email": "eve@else.example", "password1": PASSWORD, "password2": PASSWORD}
    browser().post("/account/signup/", asked)
    assert User.objects.count() == 1


def test_a_forgotten_password_is_replaced_by_a_mailed_link(nora: User) -> None:
    client = browser()
    client.post("/account/password/reset/", {"email": EMAIL})
    found = re.search(r"/account/password/reset/key/\S+", str(mail.outbox[0].body))
    assert found
    page = client.get(found[0], follow=True)
    client.post(
        page.request["PATH_INFO"], {"password1": "nine loud harbours", "password2": "nine loud harbours"}
    )
    again = browser()
    sign_in(again, "nine loud harbours")
    assert signed_in(again)


def test_an_unknown_address_gets_no_mail_and_the_same_page(nora: User) -> None:
    known = browser().post("/account/password/reset/", {"email": EMAIL})
    unknown = browser().post("/account/password/reset/", {"email": "eve@else.example"})
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    assert [message.to for message in mail.outbox] == [[EMAIL]]


def test_a_second_factor_is_asked_for_after_the_password(nora: User) -> None:
    secret = with_second_factor(browser())
    cache.clear()  # a code serves once; this is the next half minute
    client = browser()
    sign_in(client)
    assert not signed_in(client)
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not signed_in(client)
    client.post("/account/2fa/authenticate/", {"code": code(secret)})
    assert signed_in(client)


def test_how_one_signs_in_is_not_changed_without_the_password_again(nora: User) -> None:
    client = browser()
    sign_in(client)
    assert "/account/reauthenticate/" in client.get("/account/2fa/totp/activate/")["Location"]
    assert "/account/reauthenticate/" in client.get("/account/2fa/webauthn/add/")["Location"]


def test_a_copy_of_the_database_opens_no_second_factor(nora: User) -> None:
    secret = with_second_factor(browser())
    kept = json.dumps([each.data for each in Authenticator.objects.all()])
    assert secret not in kept
    assert {each.type for each in Authenticator.objects.all()} == {"totp", "recovery_codes"}


def test_a_former_secret_key_still_opens_second_factors(nora: User, settings: Any) -> None:
    secret = with_second_factor(browser())
    cache.clear()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one, as after a leak of the former"
    client = browser()
    sign_in(client)
    client.post("/account/2fa/authenticate/", {"code": code(secret)})
    assert signed_in(client)


def with_passkey(client: Client) -> Passkey:
    passkey = Passkey()
    sign_in_and_confirm(client)
    options = client.get("/account/2fa/webauthn/add/").context["js_data"]["creation_options"]
    answer = client.post(
        "/account/2fa/webauthn/add/",
        {"name": "Phone", "credential": passkey.make(options), "passwordless": "on"},
    )
    assert answer.status_code == 302
    return passkey


def ask(client: Client) -> Any:
    answer = client.get("/account/2fa/webauthn/login/", headers={"x-requested-with": "XMLHttpRequest"})
    return answer.json()["request_options"]


def test_a_passkey_signs_in_alone(nora: User) -> None:
    passkey = with_passkey(browser())
    client = browser()
    client.post("/account/2fa/webauthn/login/", {"credential": passkey.sign(ask(client))})
    assert signed_in(client)


def test_a_passkey_of_another_site_or_another_moment_is_refused(nora: User) -> None:
    passkey = with_passkey(browser())
    client = browser()
    former = passkey.sign(ask(client))
    ask(client)
    client.post("/account/2fa/webauthn/login/", {"credential": former})
    assert not signed_in(client)
    passkey.origin = "https://localhost.phish.example"
    client.post("/account/2fa/webauthn/login/", {"credential": passkey.sign(ask(client))})
    assert not signed_in(client)


def test_a_stranger_s_passkey_is_refused(nora: User) -> None:
    with_passkey(browser())
    stranger = Passkey()
    login("eve@else.example")
    theirs = browser()
    sign_in_and_confirm(theirs, "eve@else.example")
    stranger.make(theirs.get("/account/2fa/webauthn/add/").context["js_data"]["creation_options"])
    client = browser()
    client.post("/account/2fa/webauthn/login/", {"credential": stranger.sign(ask(client))})
    assert not signed_in(client)
