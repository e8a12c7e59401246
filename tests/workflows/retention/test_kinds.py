"""What else is kept for so long: people in the archive, cases, files brought in, and what is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.cases.models import Case, CaseReading, Queue
from callboard.lib import clock
from callboard.lib.errors import Conflict
from callboard.people import operations as people
from callboard.people.erasure_models import Erasure
from callboard.people.import_models import Import
from callboard.people.models import Person, SettingChange
from callboard.people.records import PersonChange
from callboard.sessions import retention_queries
from callboard.sessions.models import Participant, Session
from callboard.sessions.operations.retention import lift_hold, place_hold
from callboard.sessions.retention_models import Announced, DeletedDay, Hold
from callboard.workflows import erase_person, leave, retention
from callboard.workflows.retention.by_days import CHANGES_KIND, READINGS_KIND
from tests.workflows.retention.conftest import DAY, School

pytestmark = pytest.mark.django_db(transaction=True)


def archived(school: School, name: str, ago: timedelta) -> Person:
    with school.scope():
        (person,) = people.create_people([people.Draft(name=name, level="8")])
        Person.objects.filter(pk=person.pk).update(archived_at=clock.now() - ago)
    return person


def erased(school: School) -> list[int]:
    with school.scope():
        return list(Erasure.objects.order_by("person").values_list("person_id", flat=True))


def test_who_was_archived_for_so_long_is_erased_by_the_steps_of_an_erasure(school: School) -> None:
    gone, young = archived(school, "Ben Olm", 800 * DAY), archived(school, "Chloe Roy", 700 * DAY)
    held, back = archived(school, "Dora Lux", 800 * DAY), archived(school, "Emil Kay", 800 * DAY)
    answers = archived(school, "Clara Vidal", 800 * DAY)
    with school.scope():
        people.add_guardian(answers, school.ana, "mother")
        place_hold(school.nora, "person", "A complaint.", person=held.key)
        with pytest.raises(Conflict):
            erase_person.ask(school.nora, held.pk, "Dora Lux")
    school.keep(people=730)
    school.run()
    assert school.announced() == [("people", gone.pk), ("people", back.pk)]
    with school.scope():
        Person.objects.filter(pk=back.pk).update(archived_at=None)
    school.run(6 * DAY)
    assert erased(school) == []
    school.run(8 * DAY)
    assert erased(school) == [gone.pk]
    with school.scope():
        erasure = Erasure.objects.get()
        assert (erasure.asked_by, Person.objects.get(pk=gone.pk).name) == (None, "Erased person")
        assert Person.objects.get(pk=young.pk).name == "Chloe Roy"
    assert erase_person.carry_through(school.organization.pk, erasure.pk)
    school.run(30 * DAY)
    assert erased(school) == [gone.pk]


def test_whose_double_was_in_a_session_that_is_held_stays_with_its_recording(school: School) -> None:
    person, double = archived(school, "Ben Olm", 800 * DAY), archived(school, "B. Olm", 800 * DAY)
    session = school.session(100 * DAY)
    with school.scope():
        Person.objects.filter(pk=double.pk).update(merged_into=person)
        Participant.objects.filter(session=session, person=school.ana).update(person=double)
        place_hold(school.nora, "session", "A court.", session=session.key)
        with pytest.raises(Conflict):
            erase_person.ask_by_policy(person.pk)
    school.keep(people=730)
    school.run()
    assert school.announced() == []
    school.run(8 * DAY)
    assert erased(school) == []


def test_a_case_that_was_begun_with_stays_where_a_hold_was_placed_since(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = clock.now() - 200 * DAY
    with school.scope():
        case = Case.objects.create(
            kind="x", severity="now", status="cleared", cause="a", occurrence="a", raised_at=then,
            queue=Queue.objects.create(slug="floor", name="Floor"), noticed_at=then, over_at=then,
            person=school.ana,
        )  # fmt: skip
    school.keep(cases=90)
    school.run()
    with monkeypatch.context() as patched:
        patched.setattr("callboard.lib.crash.point", _killed_when_begun)
        with pytest.raises(KeyboardInterrupt):
            school.run(8 * DAY)
    with school.scope():
        place_hold(school.nora, "person", "A court.", person=school.ana.key)
    school.run(8 * DAY)
    with school.scope():
        assert Case.objects.filter(pk=case.pk).exists()
    assert school.announced() == []


def _killed_when_begun(name: str) -> None:
    if name == "retention.begun":
        raise KeyboardInterrupt


def test_while_something_is_held_the_organization_cannot_be_deleted_and_the_other_way_round(
    school: School,
) -> None:
    with school.scope():
        hold = place_hold(school.nora, "person", "A complaint.", person=school.ana.key)
        with pytest.raises(Conflict):
            leave.ask(school.nora, school.organization.name)
        lift_hold(school.nora, hold.pk)
        leave.ask(school.nora, school.organization.name)
        with pytest.raises(Conflict):
            place_hold(school.nora, "organization", "A court.")


def test_a_hold_follows_whom_they_became(school: School) -> None:
    double = archived(school, "Ana Vidal", 800 * DAY)
    with school.scope():
        place_hold(school.nora, "person", "A complaint.", person=double.key)
        Person.objects.filter(pk=double.pk).update(merged_into=school.ana)
        assert retention_queries.held().people == {double.pk, school.ana.pk}


def test_cases_of_no_session_and_files_brought_in_go_and_those_at_work_stay(school: School) -> None:
    then = clock.now() - 200 * DAY
    with school.scope():
        queue = Queue.objects.create(slug="floor", name="Floor")
        cases = [
            Case.objects.create(kind="server_down", severity="now", status=status, queue=queue, cause=cause,
                                occurrence=cause, raised_at=then, noticed_at=then, over_at=over)
            for status, cause, over in (("cleared", "a", then), ("open", "b", None))
        ]  # fmt: skip
        files = [
            Import.objects.create(kind="people", status=status, file_name="pupils.csv", size=1)
            for status in ("done", "writing")
        ]
        Import.objects.update(created_at=then)
    school.keep(cases=90, imports=90)
    school.run()
    assert school.announced() == [("cases", cases[0].pk), ("imports", files[0].pk)]
    school.run(8 * DAY)
    with school.scope():
        assert list(Case.objects.all()) == cases[1:]
        assert list(Import.objects.all()) == files[1:]


def readings(school: School, session: Session | None, *agos: int) -> None:
    with school.scope():
        case = Case.objects.filter(session=session).first()
        assert case is not None
        for ago in agos:
            CaseReading.objects.create(
                case=case, member_id=school.nora.member or 0, at=clock.now() - ago * DAY
            )


def test_the_log_of_readings_goes_by_days_and_not_where_its_session_is_held(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, held = school.session(50 * DAY), school.session(50 * DAY)
    readings(school, one, 47, 46, 46, 10)
    readings(school, held, 46)
    with school.scope():
        hold = place_hold(school.nora, "session", "The insurer asked.", session=held.key)
    school.keep(readings=40)
    school.run()
    with school.scope():
        sizes = Announced.objects.filter(kind="readings").order_by("ref").values_list("size", flat=True)
        assert list(sizes) == [1, 2]
    monkeypatch.setattr("callboard.workflows.retention.by_days.AT_ONCE", 1)
    killed_after_the_first(school, monkeypatch)
    with school.scope():
        assert CaseReading.objects.count() == 4
    school.run(8 * DAY)
    with school.scope():
        assert CaseReading.objects.filter(case__session=one).count() == 1
        assert CaseReading.objects.filter(case__session=held).count() == 1
        day = DeletedDay.objects.get(kind="readings")
        assert (day.items, day.rows) == (2, {"callboard_cases_casereading": 3})
        lift_hold(school.nora, hold.pk)
    school.run(8 * DAY)
    school.run(16 * DAY)
    with school.scope():
        assert CaseReading.objects.filter(case__session=held).count() == 0


def test_readings_whose_hold_ended_by_its_day_have_a_week_of_their_own(school: School) -> None:
    one, held = school.session(50 * DAY), school.session(50 * DAY)
    readings(school, one, 46)
    readings(school, held, 46)
    with school.scope():
        place_hold(
            school.nora,
            "session",
            "A court.",
            session=held.key,
            until=clock.now() + timedelta(days=6, hours=22),
        )
    school.keep(readings=40)
    school.run()
    school.run(7 * DAY + timedelta(minutes=5))
    with school.scope():
        assert [each.case.session_id for each in CaseReading.objects.all()] == [held.pk]
    school.run(8 * DAY)
    with school.scope():
        assert CaseReading.objects.exists()
    school.run(16 * DAY)
    with school.scope():
        assert not CaseReading.objects.exists()


def killed_after_the_first(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def dies(name: str) -> None:
        if name == "retention.some_rows_gone":
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("callboard.lib.crash.point", dies)
        with pytest.raises(Killed):
            school.run(8 * DAY)


def test_the_history_of_changes_goes_but_not_that_two_people_are_no_doubles(school: School) -> None:
    with school.scope():
        for kind in ("edited", "distinct"):
            PersonChange.objects.create(person=school.ana, kind=kind, at=clock.now() - 400 * DAY)
        SettingChange.objects.create(what="key", at=clock.now() - 400 * DAY)
    school.keep(changes=365)
    school.run()
    school.run(8 * DAY)
    with school.scope():
        assert list(PersonChange.objects.values_list("kind", flat=True)) == ["distinct"]
        # What was decided, and what was deleted, stands in it: that is younger.
        assert not SettingChange.objects.filter(what="key").exists()
        assert SettingChange.objects.filter(what="data").count() == 2


def test_a_hold_that_is_over_goes_by_the_day_on_which_it_was_lifted_or_ended(school: School) -> None:
    def hold(name: str, until: timedelta | None, lifted: timedelta | None) -> Hold:
        now = clock.now()
        return Hold(
            scope="person", person=school.ana, reason=name, placed_at=now - 500 * DAY,
            until=None if until is None else now + until, lifted_at=None if lifted is None else now + lifted,
        )  # fmt: skip

    with school.scope():
        for each in (
            hold("ended", -400 * DAY, None), hold("ended, then lifted", -400 * DAY, -10 * DAY),
            hold("lifted", None, -400 * DAY), hold("lifted before its day", 30 * DAY, -400 * DAY),
            hold("lifted lately", 30 * DAY, -10 * DAY), hold("in force", 30 * DAY, None),
            hold("for good", None, None),
        ):  # fmt: skip
            each.save()
    school.keep(changes=90)
    school.run()
    school.run(8 * DAY)
    with school.scope():
        assert set(Hold.objects.values_list("reason", flat=True)) == {"lifted lately", "in force", "for good"}


def test_a_hold_in_force_is_shown_however_many_came_and_went_since(school: School) -> None:
    with school.scope():
        place_hold(school.nora, "person", "In force.", person=school.ana.key)
        gone = [Hold(scope="organization", reason="Over.", lifted_at=clock.now()) for _ in range(500)]
        Hold.objects.bulk_create(gone)
        shown = retention_queries.holds(school.nora)
    assert [each.reason for each in shown] == ["In force.", *["Over."] * 499]


def test_kinds_by_days_are_those_that_the_rules_name() -> None:
    from callboard.sessions.retention import BY_DAYS, KINDS

    assert {READINGS_KIND.name, CHANGES_KIND.name} == BY_DAYS
    assert tuple(kind.name for kind in retention.KINDS) == KINDS
