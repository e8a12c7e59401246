"""A passkey in software: what a phone does when a site asks for one. Holds one credential of one site."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV


class Passkey:
    """`origin` is the site whose page asks, as the browser puts it."""

    def __init__(self, origin: str = "http://localhost", site: str = "localhost") -> None:
        self.origin = origin
        self._site = sha256(site.encode())
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = os.urandom(16)
        self._handle = ""

    def make(self, options: Mapping[str, Any]) -> str:
        """Answer a site that asks for a new credential: JSON, as a page posts it."""
        asked = options["publicKey"]
        self._handle = asked["user"]["id"]
        public = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(b"\0" * 16, self._id, public)
        data = AuthenticatorData.create(
            self._site, PRESENT | VERIFIED | AuthenticatorData.FLAG.AT, 0, bytes(credential)
        )
        return self._answer(
            {
                "clientDataJSON": websafe_encode(self._client("webauthn.create", asked["challenge"])),
                "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
            },
            {"credProps": {"rk": True}},
        )

    def sign(self, options: Mapping[str, Any]) -> str:
        """Answer a site that asks who is there."""
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        data = bytes(AuthenticatorData.create(self._site, PRESENT | VERIFIED, 1))
        signature = self._key.sign(data + sha256(client), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": self._handle,
            },
            {},
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, str], extensions: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": websafe_encode(self._id),
                "rawId": websafe_encode(self._id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": extensions,
            }
        )
