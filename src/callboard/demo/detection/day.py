"""A school day with faults: its lessons, their scripts, and what went wrong in them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from callboard.demo.faults import places
from callboard.demo.faults.catalogue import STAGERS
from callboard.demo.faults.fault import Fault
from callboard.demo.play.cast import Plan, cast
from callboard.demo.play.script import MINUTE, Script
from callboard.demo.school.population import School
from callboard.demo.school.timetable import DAY, Lesson, working_day

EACH_KIND = 24  # faults of each kind, per day
AILING = 3  # nodes and regions that ail, per day


@dataclass
class Day:
    """The scripts of one day by session, the plans they follow, and the faults."""

    midnight: int
    plans: dict[str, Plan] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def plan_of(lesson: Lesson) -> Plan:
    return Plan(
        lesson.key, lesson.starts, lesson.ends, lesson.instructor, lesson.learners, lesson.recording,
        lesson.node.provider, lesson.node.name, lesson.node.region,
    )  # fmt: skip


def staged_day(school: School, midnight: int, lessons: int, seed: int) -> Day:
    """A day on which every kind of fault happens, seeded; about a quarter of the sessions stay wholly
    well.
    """
    rng = random.Random(f"faults {seed} {midnight}")
    day = Day(midnight)
    for lesson in working_day(school, midnight, lessons, seed):
        plan = plan_of(lesson)
        day.plans[plan.session] = plan
        day.scripts[plan.session] = cast(plan, seed)
    window = (midnight, midnight + DAY)
    for kind, stagers in STAGERS.items():
        count = 0
        for session in rng.sample(sorted(day.scripts), len(day.scripts)):
            if count == EACH_KIND:
                break
            staged = stagers[count % len(stagers)](day.scripts[session], rng, window)
            if staged is not None:
                day.scripts[session], fault = staged
                day.faults.append(fault)
                count += 1
        if kind == "bad_connection":
            _let_places_ail(day, rng)
    _hush_providers(day, rng)
    return day


def _let_places_ail(day: Day, rng: random.Random) -> None:
    nodes = places.by_node(day.scripts)
    for place in rng.choices(sorted(nodes), k=AILING):
        for _ in range(20):
            hour = day.midnight + rng.randint(9 * 60, 19 * 60) * MINUTE
            found = places.ailing(nodes[place], rng, (hour, hour + 5 * MINUTE), rng.randint(3, 5), place)
            if found is not None:
                for script in found[0]:
                    day.scripts[script.session] = script
                day.faults.append(found[1])
                nodes = places.by_node(day.scripts)
                break


def _hush_providers(day: Day, rng: random.Random) -> None:
    """Each of the providers in turn, where it has moments at which nothing else happens."""
    by_provider: dict[str, list[str]] = {}
    for script in day.scripts.values():
        by_provider.setdefault(script.provider, []).append(script.session)
    names = sorted(by_provider, key=lambda name: len(by_provider[name]))[:2]  # the large one is never still
    window = (day.midnight + 8 * 60 * MINUTE, day.midnight + 20 * 60 * MINUTE)
    count = 0
    for attempt in range(EACH_KIND * 6):
        name = names[attempt % len(names)]
        scripts = [day.scripts[session] for session in by_provider[name]]
        found = places.provider_hushed(scripts, name, rng, window)
        if found is not None:
            for script in found[0]:
                day.scripts[script.session] = script
            day.faults.append(found[1])
            count += 1
        if count == EACH_KIND:
            return
