"""What is taught: subjects, their levels, and how a session of them is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """`title` makes a session's name of a level; `share` is how often it is taught."""

    name: str
    slug: str
    levels: tuple[str, ...]
    share: int
    title: str = "{subject} {level}"
    group: int = 4  # learners at most

    def called(self, level: str) -> str:
        return self.title.format(subject=self.name, level=level)

    def skill(self, level: str) -> str:
        """As instructors list it: "subject:level"."""
        return f"{self.slug}:{level}"


def _years(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(year) for year in range(first, last + 1))


_LANGUAGE = ("A1", "A2", "B1", "B2", "C1")

SUBJECTS: tuple[Subject, ...] = (
    Subject("Maths", "maths", _years(1, 6), 10),
    Subject("Algebra", "algebra", _years(7, 10), 9),
    Subject("Geometry", "geometry", _years(7, 10), 6),
    Subject("Statistics", "statistics", _years(10, 12), 3),
    Subject("Physics", "physics", _years(8, 12), 6),
    Subject("Chemistry", "chemistry", _years(8, 12), 6),
    Subject("Biology", "biology", _years(7, 11), 5),
    Subject("History", "history", _years(6, 11), 3),
    Subject("Reading", "reading", _years(1, 5), 8),
    Subject("Writing", "writing", _years(4, 9), 4),
    Subject("English", "english", _LANGUAGE, 10),
    Subject("French", "french", _LANGUAGE, 5),
    Subject("Spanish", "spanish", _LANGUAGE, 6),
    Subject("German", "german", _LANGUAGE, 3),
    Subject("Coding", "coding", ("blocks", "Python 1", "Python 2", "web"), 4, "Coding, {level}"),
    Subject("Piano", "piano", _years(1, 8), 4, "Piano, grade {level}", 1),
    Subject("Guitar", "guitar", _years(1, 5), 2, "Guitar, grade {level}", 1),
    Subject("Violin", "violin", _years(1, 6), 2, "Violin, grade {level}", 1),
    Subject("Chess", "chess", ("beginners", "club", "openings"), 2, "Chess, {level}", 3),
)
