"""Who is meant by what a file calls them: an id, an address, or a name that only one has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

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
        folded = {each.casefold() for each in words}
        rows = (
            Person.objects.filter(erased_at=None, merged_into=None)
            .annotate(small=Lower("name"))
            .filter(
                Q(external_id__in=words)
                | Q(key__in={*words, *self._told.values()})
                | Q(email__in=folded)
                | Q(small__in=folded)
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
            self._by["email"][each.email.casefold()].append(known)
            self._by["name"][each.name.casefold()].append(known)

    def instructor(self, word: str) -> Known | str:
        """The one, or the code of what is wrong."""
        return self._one(word, "teaches", "no_teacher")

    def learner(self, word: str) -> Known | str:
        return self._one(word, "learns", "")

    def _one(self, word: str, role: str, otherwise: str) -> Known | str:
        word = self._told.get(word, word)
        archived = False
        for name in ("id", "key", "email", "name"):
            named = self._by[name].get(word if name in ("id", "key") else word.casefold(), []) if word else []
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
