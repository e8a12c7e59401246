"""Plays scripts as time passes: each event once, in order, though scripts change under way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from callboard.demo.play.happenings import Happening, milestones, steady
from callboard.demo.play.script import MINUTE, Script


class Player:
    """One session's script, and up to when it has been played."""

    def __init__(self, script: Script, played_until: int) -> None:
        self.script = script
        self.played_until = played_until
        self._set(script)

    def change(self, to: Script) -> None:
        """From now on, that is what happens."""
        self.script = to
        self._set(to)

    def play(self, until: int) -> list[Happening]:
        """What happens from when it was last played up to `until`."""
        since, script = self.played_until, self.script
        if until <= since:
            return []
        self.played_until = until
        found = self._milestones[bisect_left(self._moments, since) : bisect_left(self._moments, until)]
        if self._begins < until and since < self._over:
            found = [*found, *steady(script, since, until)]
            found.sort(key=lambda each: each.at)
        return found

    @property
    def done(self) -> bool:
        """Whether nothing is left to happen, for a minute."""
        return self.played_until > self._over + MINUTE

    def _set(self, script: Script) -> None:
        self._milestones = milestones(script)
        self._moments = [each.at for each in self._milestones]
        self._over = script.over()
        self._begins = min((part.stays[0][0] for part in script.parts if part.stays), default=script.ends)


class Players:
    """All that play, by session."""

    def __init__(self) -> None:
        self._all: dict[str, Player] = {}

    def __contains__(self, session: str) -> bool:
        return session in self._all

    def __iter__(self) -> Iterator[Script]:
        return (player.script for player in self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def get(self, session: str) -> Script | None:
        player = self._all.get(session)
        return None if player is None else player.script

    def add(self, script: Script, played_until: int) -> None:
        self._all[script.session] = Player(script, played_until)

    def drop(self, session: str) -> None:
        self._all.pop(session, None)

    def change(self, session: str, how: Callable[[Script], Script]) -> Script | None:
        """Change one's script; None where there is none such."""
        player = self._all.get(session)
        if player is None:
            return None
        player.change(how(player.script))
        return player.script

    def put(self, script: Script) -> None:
        """From now on this is its session's script, if it plays at all."""
        player = self._all.get(script.session)
        if player is not None:
            player.change(script)

    def play(self, until: int) -> list[Happening]:
        """What happens everywhere up to `until`, in order. Those that are done are let go."""
        found = [each for player in self._all.values() for each in player.play(until)]
        for session in [session for session, player in self._all.items() if player.done]:
            del self._all[session]
        found.sort(key=lambda each: each.at)
        return found
