"""A mail server on loopback that takes whatever comes and keeps it: what people would read."""

from __future__ import annotations

import email
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any


class Mailbox:
    """The mails in the order in which they came."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.port = 0

    @property
    def environment(self) -> dict[str, str]:
        """For a process that is to send its mail here."""
        return {
            "CALLBOARD_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "CALLBOARD_MAIL_HOST": "127.0.0.1",
            "CALLBOARD_MAIL_PORT": str(self.port),
            "CALLBOARD_MAIL_TLS": "0",
        }

    def wait_for(self, count: int = 1) -> Message:
        """The latest, once there are so many."""
        for _ in range(200):
            if len(self.mails) >= count:
                return self.mails[-1]
            time.sleep(0.05)
        raise AssertionError(f"{len(self.mails)} mails came, and {count} were expected")


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 mailbox\r\n")
            while line := self.rfile.readline():
                verb = line.strip().upper()[:4]
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    box.mails.append(email.message_from_bytes(b"".join(lines)))
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
                if verb == b"QUIT":
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Session) as server:
        address: Any = server.server_address
        box.port = address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join(5)
