"""One's desk: mentions, readings, filters, the end of a shift, who did what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.range import TimestamptzRange

from callboard.cases import operations, queries, rules
from callboard.cases.models import Case, CaseReading, Mention, SavedFilter
from callboard.cases.queries import Wanted
from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.people.access import Access, access_of_login
from callboard.people.models import Member, Person
from callboard.sessions.models import Participant, Session
from tests.cases.conftest import NOON, missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(bob: Access) -> Access:
    Member.objects.filter(pk=bob.member or 0).update(role="admin")
    return access_of_login(bob.user or 0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@nora look", [1]),
        ("Ask @Nora Lindqvist, please", [1]),
        ("(@tomás)", [2]),
        ("mail nora@example.org", []),
        ("@noras", []),
        ("@Ana", []),  # there are two of them
        ("@Ana Ruiz and @Nora", [1, 3]),
        ("nothing", []),
    ],
)
def test_a_text_names_colleagues(text: str, named: list[int]) -> None:
    names = {1: "Nora Lindqvist", 2: "Tomás Pereira", 3: "Ana Ruiz", 4: "Ana Sol", 5: ""}
    assert rules.mentioned(text, names) == named


def test_who_is_named_in_a_note_finds_it_until_they_look(case: Case, alice: Access, bob: Access) -> None:
    operations.note(alice, case.pk, "@Bob and @alice: look at this")
    assert (queries.unread(bob), queries.unread(alice)) == (1, 0)
    mention = queries.mentions(bob).get()
    assert (mention.case_id, mention.entry.text) == (case.pk, "@Bob and @alice: look at this")
    operations.looked(bob, case.pk)
    assert queries.unread(bob) == 0
    assert operations.read_mentions(bob) == 0


def test_who_is_handed_a_case_is_told_and_of_many_once(case: Case, alice: Access, bob: Access) -> None:
    operations.assign(alice, case.pk, bob.member or 0)
    assert queries.mentions(bob).get().reason == "handed"
    operations.assign(alice, case.pk, alice.member or 0)
    operations.apply([missing(participant=f"p-{number}") for number in range(3)])
    rest = Case.objects.exclude(pk=case.pk).values_list("pk", flat=True)
    operations.act_on(alice, rest, "assign", member_id=bob.member)
    assert Mention.objects.count() == 2


def test_looking_is_noted_once_in_a_while(case: Case, alice: Access, time: Any) -> None:
    for minutes in (0, 10, 10):
        time.advance(timedelta(minutes=minutes))
        operations.looked(alice, case.pk)
    assert [row.at for row in CaseReading.objects.order_by("at")] == [NOON, NOON + timedelta(minutes=20)]
    operations.looked(alice, 999)
    assert CaseReading.objects.count() == 2


def test_the_audit_tells_who_did_and_who_read_latest_first(
    case: Case, alice: Access, admin: Access, time: Any
) -> None:
    operations.looked(alice, case.pk)
    for deed in (operations.claim, operations.release):
        time.advance(timedelta(minutes=1))
        deed(alice, case.pk)
    assert [line.kind for line in queries.audit(admin)] == ["released", "claimed", "read"]
    assert [line.kind for line in queries.audit(admin, kind="read")] == ["read"]
    assert [line.kind for line in queries.audit(admin, kind="claimed")] == ["claimed"]
    assert list(queries.audit(admin, member=admin.member)) == []
    assert [line.kind for line in queries.audit(admin, before=NOON + timedelta(minutes=1))] == ["read"]
    assert len(list(queries.audit(admin, case=case.pk, since=NOON + timedelta(minutes=1)))) == 2
    with pytest.raises(Forbidden):
        queries.audit(alice)


def test_a_filter_is_kept_under_a_name_shared_or_not(alice: Access, bob: Access, admin: Access) -> None:
    kept = operations.save_filter(alice, " Night ", {"severity": "now", "nonsense": "1", "status": "loud"})
    assert (kept.name, kept.query) == ("Night", {"severity": "now"})
    assert list(queries.filters(bob)) == []
    with pytest.raises(NotFound):
        operations.remove_filter(admin, kept.pk)
    operations.save_filter(alice, "Night", {"kind": "stranger"}, shared=True)
    assert [row.query for row in queries.filters(bob)] == [{"kind": "stranger"}]
    with pytest.raises(Forbidden):
        operations.remove_filter(bob, kept.pk)
    operations.remove_filter(admin, kept.pk)
    assert SavedFilter.objects.count() == 0
    for name, query in (("", {"kind": "x"}), ("Night", {}), ("x" * 61, {"kind": "x"})):
        with pytest.raises(Invalid):
            operations.save_filter(alice, name, query)


def found(access: Access, **wanted: str) -> list[str]:
    rows = queries.selected(access, Wanted.read(wanted)).order_by("pk")
    return [case.participant for case in rows]


def test_cases_are_found_by_what_they_are(case: Case, alice: Access, session: Session) -> None:
    operations.apply(
        [missing(kind="stranger", participant="ipad", severity="now", session_key="ses_algebra")]
    )
    operations.claim(alice, case.pk)
    assert found(alice, kind="stranger") == ["ipad"]
    assert found(alice, owner="me") == ["per_marta"] == found(alice, owner=str(alice.member))
    assert found(alice, owner="nobody") == ["ipad"] == found(alice, status="open")
    assert found(alice, status="over") == []
    assert found(alice, session="ses_algebra", severity="now", status="standing") == ["per_marta", "ipad"]
    assert found(alice, node="eu-2") == found(alice, subject="Physics") == found(alice, provider="x") == []


def test_a_few_letters_find_people_titles_kinds_and_numbers(
    case: Case, alice: Access, session: Session, marta: Person
) -> None:
    for text in (
        "vidal",
        "ALGEBRA",
        "ses_algebra",
        "per_marta",
        f"C-{case.pk}",
        f"#{case.pk}",
        "instructor n",
    ):
        assert found(alice, q=text) == ["per_marta"], text
    assert found(alice, q="nobody of that name") == []
    joan = Person.objects.create(name="Joan Puig")
    busy = TimestamptzRange(session.starts_at, session.ends_at)
    Participant.objects.create(session=session, person=joan, role="learner", busy=busy)
    assert found(alice, q="puig") == ["per_marta"]


def test_what_is_long_over_is_found_when_asked_for(case: Case, alice: Access, time: Any) -> None:
    operations.resolve(alice, case.pk, "fixed")
    time.advance(timedelta(days=31))
    assert found(alice, q="vidal") == []
    assert found(alice, q=f"C-{case.pk}") == ["per_marta"]
    assert found(alice, q="vidal", older="1") == ["per_marta"]


def test_a_shift_ends_with_all_in_other_hands(case: Case, alice: Access, bob: Access) -> None:
    operations.apply([missing(participant="p-2")])
    operations.act_on(alice, Case.objects.values_list("pk", flat=True), "claim")
    handed = operations.hand_over(alice, bob.member, " Marta rang: she comes at ten. ")
    assert len(handed.many.done) == 2
    assert (handed.row.text, len(handed.row.cases)) == ("Marta rang: she comes at ten.", 2)
    assert {row.owner_id for row in Case.objects.all()} == {bob.member}
    assert queries.unread(bob) == 1
    assert [row.pk for row in queries.hand_overs(bob)] == [handed.row.pk]
    operations.undo_batch(alice, handed.row.batch)
    assert {row.owner_id for row in Case.objects.all()} == {alice.member}


def test_a_shift_may_end_with_all_back_in_the_queue(case: Case, alice: Access) -> None:
    with pytest.raises(Conflict):
        operations.hand_over(alice, None)
    with pytest.raises(Invalid):
        operations.hand_over(alice, alice.member)
    operations.claim(alice, case.pk)
    operations.hand_over(alice, None)
    assert Case.objects.get().status == "open"
    assert operations.hand_over(alice, None, "All quiet.").row.cases == []
