"""Letters to people, handed to the mail server."""

from __future__ import annotations

import pytest

from callboard.sessions.operations import letters


def test_what_no_mail_can_be_written_to_was_not_sent() -> None:
    with pytest.raises(letters.NotSent):
        letters.hand_over(letters.Letter((f"joan@{'ä' * 60}.example",), "Your link", "It leads there."))
