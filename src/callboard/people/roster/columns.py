"""The fields of a person, and which column of a file is most likely which: spellings in a few languages.

A choice is a field's name ("email"), one of a guardian's ("guardian2.email"), or "" for a column left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MOST_GUARDIANS = 4

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "external id", "student id", "person id", "sis id", "sourced id", "number", "student number",
           "pupil id", "learner id", "user id", "teacher id", "identifier", "matricula", "codigo",
           "matrikelnummer", "numero"),
    "name": ("name", "full name", "student", "student name", "display name", "pupil", "learner",
             "nombre completo", "nombre y apellidos", "alumno", "nom complet", "schuler", "teacher",
             "instructor", "instructor name", "teacher name"),
    "given_name": ("first name", "given name", "forename", "first", "nombre", "vorname", "prenom",
                   "student first name", "preferred name"),
    "family_name": ("last name", "family name", "surname", "last", "apellidos", "apellido", "nachname", "nom",
                    "nom de famille", "student last name"),
    "role": ("role", "type", "person type", "kind", "rol", "funcion", "rolle"),
    "email": ("email", "e mail", "mail", "email address", "student email", "correo", "correo electronico",
              "courriel", "adresse mail", "teacher email", "instructor email"),
    "phone": ("phone", "telephone", "mobile", "cell", "phone number", "mobile phone", "telefono", "movil",
              "telefon", "handy", "student phone", "tel"),
    "zone": ("time zone", "timezone", "tz", "zone", "zona horaria", "zeitzone", "fuseau horaire"),
    "locale": ("language", "locale", "lang", "idioma", "sprache", "langue"),
    "level": ("level", "grade", "year", "school year", "grade level", "nivel", "curso", "klasse", "niveau"),
    "skills": ("skills", "subjects", "teaches", "skill", "subject", "materias", "asignaturas", "facher",
               "matieres"),
    "buffer_minutes": ("buffer", "buffer minutes", "break", "pause"),
    "consent_recording": ("recording", "recording consent", "consent recording", "may be recorded",
                          "photo consent", "grabacion", "media consent"),
    "consent_transcript": ("transcript", "transcript consent", "consent transcript", "transcripcion"),
    "consent_model": ("model", "model consent", "consent model", "ai", "ai consent", "consent ai"),
    "consent_date": ("consent date", "consent given", "date of consent", "consented on",
                     "fecha de consentimiento"),
}  # fmt: skip

GUARDIAN_FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "external id", "number"),
    "name": ("name", "full name", "nombre", "nom", ""),
    "given_name": ("first name", "given name", "forename", "first", "vorname", "prenom"),
    "family_name": ("last name", "family name", "surname", "last", "apellidos", "nachname"),
    "email": ("email", "e mail", "mail", "email address", "correo", "correo electronico", "courriel"),
    "phone": ("phone", "telephone", "mobile", "cell", "phone number", "mobile phone", "telefono", "movil",
              "telefon", "tel"),
    "relation": ("relation", "relationship", "type", "role", "parentesco", "beziehung"),
}  # fmt: skip

GUARDIAN_WORDS = ("legal guardian", "emergency contact", "guardian", "parent", "mother", "father", "mum",
                  "mom", "dad", "carer", "caregiver", "madre", "padre", "tutor legal", "eltern", "elternteil",
                  "mere", "pere", "contact", "family")  # fmt: skip

_OF_FIELD = {spelling: name for name, spellings in FIELDS.items() for spelling in spellings}
_OF_GUARDIAN = {spelling: name for name, spellings in GUARDIAN_FIELDS.items() for spelling in spellings}
_RELATION = frozenset(("relation", "relationship", "parentesco", "beziehung"))
_GUARDIAN = re.compile(rf"^({'|'.join(sorted(GUARDIAN_WORDS, key=len, reverse=True))})s?(?: (\d))?\b ?(.*)$")


def choices() -> list[str]:
    """Every field that a column can be, in the order in which people think of them."""
    guardians = [
        f"guardian{number}.{name}" for number in range(1, MOST_GUARDIANS + 1) for name in GUARDIAN_FIELDS
    ]
    return [*FIELDS, *guardians]


def guessed(header: Sequence[str]) -> list[str]:
    """For each column what it most likely is; each field at most once, the rest left out."""
    slots: dict[str, int] = {}
    found: list[str] = []
    for name in header:
        choice = _guess(plain(name), slots)
        found.append("" if choice in found else choice)
    if "name" in found and ("given_name" in found or "family_name" in found):
        # A whole name beside its parts says the same twice.
        found = ["" if each in ("given_name", "family_name") else each for each in found]
    return found


def _guess(spelling: str, slots: dict[str, int]) -> str:
    if spelling in _OF_FIELD:
        return _OF_FIELD[spelling]
    if slots and spelling in _RELATION:
        return f"guardian{max(slots.values())}.relation"
    match = _GUARDIAN.match(spelling)
    if not match:
        return ""
    word, number, rest = match.groups()
    if not number:
        # "Email of guardian 2" and "guardian email 2" say the number elsewhere.
        rest, number = re.sub(r" ?\d$", "", rest), (re.search(r"\d$", rest) or [""])[0]
    if rest not in _OF_GUARDIAN:
        return ""
    slot = slots.setdefault(f"{word}{number}", int(number) if number else len(slots) + 1)
    return f"guardian{slot}.{_OF_GUARDIAN[rest]}" if 1 <= slot <= MOST_GUARDIANS else ""


def plain(name: str) -> str:
    """A heading without case, accents, signs and camel humps: "guardianEmail_1" is "guardian email 1"."""
    name = re.sub(r"([a-z])([A-Z])", r"\1 \2", name.replace("'", "").replace("’", ""))  # noqa: RUF001
    bare = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    bare = re.sub(r"([^\W\d_])(\d)", r"\1 \2", bare.casefold())
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())
