"""A passkey in a real browser: made on one's own page, then used to sign in with no password."""

from __future__ import annotations

import re

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.web import cast


def with_authenticator(page: Page) -> Page:
    """Give the browser a device that says yes, as a phone with a fingerprint would."""
    developer = page.context.new_cdp_session(page)
    developer.send("WebAuthn.enable")
    developer.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return page


def test_a_passkey_is_made_and_signs_in(sign_in: SignIn, address: str, calm: cast.School) -> None:
    user = calm.members["Nora"].user
    user.password = PBKDF2PasswordHasher().encode(cast.PASSWORD, "salt", iterations=1000)
    user.save(update_fields=["password"])
    # Browsers take plain http for safe at this name alone.
    here = address.replace("127.0.0.1", "localhost")
    page = with_authenticator(sign_in(None, "/account/login/"))

    page.goto(f"{here}/account/login/?next=/account/2fa/webauthn/add/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.get_by_label("Passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    expect(page).not_to_have_url(re.compile("/add/"))

    page.context.clear_cookies()
    page.goto(f"{here}/account/login/?next=/you/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Nora Lindqvist")).to_be_visible()
