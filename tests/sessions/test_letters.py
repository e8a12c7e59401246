"""Letters to people, handed to the mail server."""

from __future__ import annotations

import pytest
from django.db import transaction

from callboard.sessions.operations import letters

UNWRITABLE = letters.Letter((f"joan@{'ä' * 60}.example",), "Your link", "It leads there.")


def test_what_no_mail_can_be_written_to_was_not_sent() -> None:
    with pytest.raises(letters.NotSent):
        letters.hand_over(UNWRITABLE)


@pytest.mark.django_db(transaction=True)
def test_what_was_to_be_sent_later_and_cannot_be_breaks_nothing_that_is_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with transaction.atomic():
        letters.hand_over_later(UNWRITABLE)
    assert "could not be handed over" in caplog.text
    assert "joan" not in caplog.text
