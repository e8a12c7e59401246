"""Asking a provider with patience of our own: what takes too long has failed, and is not asked a second time
while the first is out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from typing import Any, Protocol, TypeVar

from callboard.sessions.ports import ProviderFailed

T = TypeVar("T")


class Asking(Protocol):
    """How a watch asks."""

    def ask(self, call: Callable[[], T], within: float) -> T: ...

    def ask_each(self, calls: Sequence[Callable[[], T]], within: float) -> list[T | None]: ...

    def close(self) -> None: ...


class Asker:
    """Makes one provider's calls in threads of its own, a few at a time."""

    def __init__(self, at_once: int = 4) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="asking")
        self._out: Future[Any] | None = None

    def ask(self, call: Callable[[], T], within: float) -> T:
        """Raises ProviderFailed, also where it takes longer than `within` seconds or fails without a name."""
        if self._out is not None and not self._out.done():
            raise ProviderFailed("The provider has not answered yet.")
        self._out = None
        asked = self._pool.submit(call)
        try:
            return asked.result(within)
        except TookTooLong:
            self._out = asked
            raise ProviderFailed(f"The provider did not answer in {within:g} s.") from None
        except ProviderFailed:
            raise
        except Exception as error:
            raise ProviderFailed("The provider failed in a way that it does not name.") from error

    def ask_each(self, calls: Sequence[Callable[[], T]], within: float) -> list[T | None]:
        """Several at once; None for each that failed or took too long."""
        asked = [self._pool.submit(call) for call in calls]
        answers: list[T | None] = []
        for one in asked:
            try:
                answers.append(one.result(within))
            except Exception:
                one.cancel()
                answers.append(None)
        return answers

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
