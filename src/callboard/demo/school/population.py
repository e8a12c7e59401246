"""Who there is: instructors with their groups, students, and the guardians who answer for them."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field

from callboard.demo.school.cultures import CULTURES, Culture, anywhere
from callboard.demo.school.subjects import SUBJECTS, Subject
from callboard.lib.ids import ALPHABET, LENGTH

MAIL_DOMAIN = "school.example"
BUFFERS = (0, 0, 0, 5, 5)  # minutes that instructors want free on both sides of their sessions
WITHOUT_CONSENT = 0.04  # of families, to being recorded
SIBLINGS = 0.18  # of students share their guardians with the one before


@dataclass(frozen=True)
class Human:
    """A person, as any part of a school knows them. `consents` are kinds agreed to."""

    key: str
    name: str
    email: str
    phone: str
    zone: str
    locale: str
    consents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Teacher:
    """An instructor. `skills` are "subject:level"."""

    person: Human
    skills: tuple[str, ...]
    buffer_minutes: int


@dataclass(frozen=True)
class Learner:
    """A student, and the keys of their guardians."""

    person: Human
    level: str
    guardians: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Students who are taught together: one subject, one level, one instructor, all in this group alone."""

    title: str
    subject: Subject
    level: str
    teacher: Teacher
    learners: tuple[Learner, ...]

    @property
    def may_record(self) -> bool:
        """Whether everyone in it has agreed to being recorded."""
        people = [self.teacher.person, *(learner.person for learner in self.learners)]
        return all("recording" in person.consents for person in people)


@dataclass(frozen=True)
class School:
    """All of an organization's people."""

    name: str
    slug: str
    zone: str
    teachers: tuple[Teacher, ...]
    learners: tuple[Learner, ...]
    guardians: tuple[Human, ...]
    groups: tuple[Group, ...]


@dataclass
class _Registry:
    """Makes people whose keys and addresses are their own, from one seed."""

    rng: random.Random
    taken: set[str] = field(default_factory=set)

    def key(self, prefix: str) -> str:
        return f"{prefix}_" + "".join(self.rng.choices(ALPHABET, k=LENGTH))

    def human(self, culture: Culture, family: str, consents: tuple[str, ...]) -> Human:
        name = f"{culture.given_name(self.rng)} {family}"
        _, zone = culture.city(self.rng)
        return Human(
            self.key("per"),
            name,
            self._address(name),
            culture.phone(self.rng),
            zone,
            culture.locale,
            consents,
        )

    def _address(self, name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = ".".join(plain.replace("-", "").split())
        address, count = f"{stem}@{MAIL_DOMAIN}", 1
        while address in self.taken:
            count += 1
            address = f"{stem}{count}@{MAIL_DOMAIN}"
        self.taken.add(address)
        return address


def populate(
    teachers: int, seed: int, *, groups_each: int = 2, name: str = "Meridian School", slug: str = "meridian"
) -> School:
    """A school with so many instructors, each with groups of their own. The same seed, the same school."""
    rng = random.Random(f"school {seed} {slug}")
    registry = _Registry(rng)
    staff: list[Teacher] = []
    students: list[Learner] = []
    guardians: list[Human] = []
    groups: list[Group] = []
    for _ in range(teachers):
        subject = rng.choices(SUBJECTS, weights=[each.share for each in SUBJECTS])[0]
        teacher = _teacher(registry, subject)
        staff.append(teacher)
        for _ in range(groups_each):
            level = rng.choice([skill.partition(":")[2] for skill in teacher.skills])
            size = min(subject.group, rng.choices((1, 2, 3, 4), weights=(4, 4, 3, 2))[0])
            members: list[Learner] = []
            for _ in range(size):
                student, parents = _student(registry, level, students[-1:] or None)
                members.append(student)
                students.append(student)
                guardians.extend(parents)
            groups.append(Group(subject.called(level), subject, level, teacher, tuple(members)))
    return School(name, slug, "Europe/Madrid", tuple(staff), tuple(students), tuple(guardians), tuple(groups))


def _teacher(registry: _Registry, subject: Subject) -> Teacher:
    rng = registry.rng
    culture = anywhere(rng)
    person = registry.human(culture, culture.family_name(rng), ("recording", "transcript", "model"))
    first = rng.randrange(len(subject.levels))
    levels = subject.levels[first : first + rng.randint(2, 4)]
    return Teacher(person, tuple(subject.skill(level) for level in levels), rng.choice(BUFFERS))


def _student(
    registry: _Registry, level: str, before: list[Learner] | None
) -> tuple[Learner, tuple[Human, ...]]:
    rng = registry.rng
    if before and before[0].guardians and rng.random() < SIBLINGS:
        elder = before[0]
        family = elder.person.name.partition(" ")[2]
        culture = next(each for each in CULTURES if each.locale == elder.person.locale)
        person = registry.human(culture, family, elder.person.consents)
        return Learner(person, level, elder.guardians), ()
    culture = anywhere(rng)
    family = culture.family_name(rng)
    consents: tuple[str, ...] = () if rng.random() < WITHOUT_CONSENT else ("recording", "transcript")
    person = registry.human(culture, family, consents)
    parents = tuple(
        registry.human(culture, family, ()) for _ in range(rng.choices((1, 2), weights=(3, 2))[0])
    )
    return Learner(person, level, tuple(parent.key for parent in parents)), parents
