"""Who is meant by what a file calls them: an id, an address, or a name that only one has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower

from callboard.people.models import Person


@dataclass(frozen=True)
class Known:
    pk: int
    key: str
    name: str
    teaches: bool
    learns: bool
    archived: bool


class Directory:
    """The people whom some words could mean, read once."""

    def __init__(self, words: Collection[str], told: dict[str, str] | None = None) -> None:
        """`told`: what a person has said that a word means, as keys of people."""
        self._told = told or {}
        self._small = _lowered(words)
        rows = (
            Person.objects.filter(erased_at=None, merged_into=None)
            .annotate(small=Lower("name"))
            .filter(
                Q(external_id__in=words)
                | Q(key__in={*words, *self._told.values()})
                | Q(email__in={each.lower() for each in words})
                | Q(small__in=set(self._small.values()))
            )
            .select_related("instructor", "student")
        )
        self._by: dict[str, dict[str, list[Known]]] = {
            name: defaultdict(list) for name in ("id", "key", "email", "name")
        }
        for each in rows:
            teacher, student = getattr(each, "instructor", None), getattr(each, "student", None)
            known = Known(
                each.pk, each.key, each.name,
                bool(teacher and teacher.active), bool(student and student.active),
                each.archived_at is not None,
            )  # fmt: skip
            self._by["id"][each.external_id].append(known)
            self._by["key"][each.key].append(known)
            self._by["email"][each.email.lower()].append(known)
            self._by["name"][each.small].append(known)

    def instructor(self, word: str) -> Known | str:
        """The one, or the code of what is wrong."""
        return self._one(word, "teaches", "no_teacher")

    def learner(self, word: str) -> Known | str:
        return self._one(word, "learns", "")

    def _one(self, word: str, role: str, otherwise: str) -> Known | str:
        word = self._told.get(word, word)
        archived = False
        said = {"id": word, "key": word, "email": word.lower(), "name": self._small.get(word, word)}
        for name, each_said in said.items():
            named = self._by[name].get(each_said, []) if word else []
            found = [each for each in named if not each.archived]
            archived |= len(found) < len(named)
            if not found:
                continue
            fitting = [each for each in found if getattr(each, role)]
            if len(fitting) == 1:
                return fitting[0]
            if fitting or len(found) > 1:
                return "several"
            return otherwise or found[0]
        return "archived" if archived else "nobody"


def _lowered(words: Collection[str]) -> dict[str, str]:
    """In small letters as the database has them, by which names are found: Python writes some otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, lower(word) FROM unnest(%s::text[]) AS word", [list(words)])
        return dict(cursor.fetchall())
