"""Forms on paper as files: kept in the installation's store, each under a name that nobody can guess."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from callboard.lib import ids, tenancy
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people import rules
from callboard.people.models import ConsentWord, Person

if TYPE_CHECKING:
    from callboard.lib.store import Store


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Where a paper form lies: in words, as a file that is to be kept, or as one that is in the store."""

    reference: str = ""
    content: bytes = b""
    file: str = ""
    file_type: str = ""


def keep_proof(person: Person, reference: str, content: bytes) -> Proof:
    """A proof, its file in the store where there is one. Raises Invalid by field; Conflict (`store_down`)."""
    if not content:
        return Proof(reference=reference)
    kind = checked_proof(content)
    name = f"proofs/{tenancy.current_organization()}/{person.key}/{ids.new('prf')}"
    from callboard.lib.store import StoreFailed  # for those who work on files alone

    try:
        _store().put(name, content)
    except StoreFailed as error:
        words = _(
            "The place where files are kept does not answer. Nothing was entered; try again in a while."
        )
        raise Conflict(words, code="store_down") from error
    return Proof(reference=reference, file=name, file_type=kind)


def drop_proof(proof: Proof) -> None:
    """The file of one that nothing names, since whoever it is of was erased before it could be noted."""
    from callboard.lib.store import StoreFailed

    with suppress(StoreFailed):
        _store().delete(proof.file)


def checked_proof(content: bytes) -> str:
    """The type of a file that may be kept as a form on paper. Raises Invalid."""
    if len(content) > rules.PROOF_BYTES:
        raise Invalid(fields={"file": _("At most 10 MB.")})
    kind = rules.proof_type(content)
    if not kind:
        raise Invalid(fields={"file": _("A PDF, or a picture as JPEG, PNG or WebP.")})
    return kind


def proof_of(person_id: int, word_id: int) -> ConsentWord:
    """A word that has a file. Raises NotFound."""
    found = ConsentWord.objects.filter(pk=word_id, person_id=person_id).exclude(proof="").first()
    if found is None:
        raise NotFound(_("There is no such form."), code="proof_not_found")
    return found


def read_proof(word: ConsentWord) -> bytes:
    """Its file. Raises NotFound where it is gone, Conflict (`store_down`)."""
    from callboard.lib.store import Missing, StoreFailed

    try:
        return _store().read(word.proof, 0, _store().size(word.proof))
    except Missing as error:
        raise NotFound(_("The file is not there any more."), code="proof_not_found") from error
    except StoreFailed as error:
        raise Conflict(_("The place where files are kept does not answer."), code="store_down") from error


def proof_file_name(word: ConsentWord) -> str:
    """What it is called once somebody keeps it."""
    return f"consent-{word.pk}{suffix_of(word)}"


def suffix_of(word: ConsentWord) -> str:
    """How the name of its file ends: ".pdf"."""
    return rules.PROOF_TYPES.get(word.proof_type, "")


def _store() -> Store:
    from callboard.lib import store

    return store.documents()
