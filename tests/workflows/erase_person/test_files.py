"""No file of somebody who is erased stays, whoever puts one meanwhile, and wherever that is cut short."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from callboard.lib.errors import NotFound
from callboard.lib.store import Store, StoreFailed, documents
from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.import_models import Import, ImportStatus
from callboard.people.models import Person
from callboard.people.operations import copying, imports, proofs
from callboard.sessions.models import Recording, Session
from callboard.sessions.operations.recorders import took_wish, want_recorder
from callboard.sessions.recording_files import parts_folder
from callboard.sessions.recording_models import RecordingWish, WishStatus
from callboard.workflows import copy_person, erase_person, keep_recordings
from tests.workflows.erase_person.conftest import NAME, House
from tests.workflows.erase_person.test_story import book, erase, past
from tests.workflows.test_keep_recordings import sound

pytestmark = pytest.mark.django_db(transaction=True)


class Meanwhile:
    """Erases her the first time a point is passed; `dies`: whoever passes it is killed then."""

    def __init__(self, house: House, point: str, *, dies: bool) -> None:
        self.house, self.point, self.dies, self.passed = house, point, dies, False

    def __call__(self, name: str) -> None:
        if name == self.point and not self.passed:
            self.passed = True
            erase(self.house)
            if self.dies:
                raise SystemExit


@pytest.fixture(params=[False, True], ids=["and_goes_on", "and_dies"])
def dies(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def carried_out(
    job: Any, house: House, of: int, monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile
) -> None:
    """As a worker does it: one that is killed is done again."""
    with monkeypatch.context() as patched:
        patched.setattr("callboard.lib.crash.point", meanwhile)
        if meanwhile.dies:
            with pytest.raises(SystemExit):
                job(house.organization.pk, of)
        job(house.organization.pk, of)
    assert meanwhile.passed


def test_a_copy_that_is_put_after_the_erasure_goes_again(
    house: House, dies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with organization_scope(house.organization.pk):
        copy = copying.ask_copy(house.nora, house.ana)
    meanwhile = Meanwhile(house, "copy_person.stored", dies=dies)
    carried_out(copy_person.make, house, copy.pk, monkeypatch, meanwhile)
    assert list(documents().names("copies")) == []


def test_a_form_that_is_put_while_they_are_erased_goes_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Store.put

    def erased_meanwhile(store: Store, name: str, content: Any) -> int:
        if name.startswith("proofs/"):
            erase_person.ask(house.nora, house.ana, NAME)
        return put(store, name, content)

    monkeypatch.setattr(Store, "put", erased_meanwhile)
    form = proofs.Proof(reference="Binder", content=b"%PDF-1.7 Ana")
    with organization_scope(house.organization.pk):
        ana = Person.objects.get(pk=house.ana)
        with pytest.raises(NotFound):
            people.note_consent(house.nora, ana, ["model"], yes=True, proof=form)
    assert lying() == []


@pytest.fixture
def session(house: House) -> Session:
    return past(house, book(house, 1), days=0)


def wish_of(house: House, session: Session, by: str) -> RecordingWish:
    """A recorder that has run, and of which no file is known yet."""
    with organization_scope(house.organization.pk):
        Session.objects.update(status="live")
        wish = want_recorder(Session.objects.get(), by, "live", f"req_{by}")
        Session.objects.update(status="ended")
        took_wish(wish.pk, wish.recorder or "EG_1")
        if by == "own":
            RecordingWish.objects.update(status=WishStatus.ENDED)
        return RecordingWish.objects.select_related("session").get()


def put_parts(house: House, wish: RecordingWish) -> None:
    content = sound(1)
    name = parts_folder(house.organization.pk, wish.session.key, wish.recorder)
    documents().put(f"{name}/0001-{0:012d}", content)


def lying() -> list[str]:
    return [name for name, _size in documents().names("")]


def test_the_file_that_is_made_of_our_own_recorders_parts_meanwhile_goes_again(
    house: House, session: Session, dies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = wish_of(house, session, "own")
    put_parts(house, wish)
    meanwhile = Meanwhile(house, "keep_recordings.stored", dies=dies)
    carried_out(keep_recordings.file_own, house, wish.pk, monkeypatch, meanwhile)
    assert not dies or lying() == [f"recordings/{house.organization.pk}/{session.key}/{wish.recorder}.webm"]
    put_parts(house, wish)  # what was still under way
    keep_recordings.file_own(house.organization.pk, wish.pk)
    assert lying() == []
    with organization_scope(house.organization.pk):
        assert Recording.objects.get().deleted_at is not None


def test_the_file_of_a_provider_that_is_found_meanwhile_goes_too(
    house: House, session: Session, dies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = wish_of(house, session, "provider")
    documents().put(f"{session.key}/req_provider.mp4", sound(1))
    meanwhile = Meanwhile(house, "keep_recordings.measured", dies=dies)
    carried_out(keep_recordings.find_file, house, wish.pk, monkeypatch, meanwhile)
    assert lying() == []
    with organization_scope(house.organization.pk):
        assert RecordingWish.objects.get().status == WishStatus.FILED


@pytest.mark.parametrize("by", ["the_erasure", "the_hour"])
def test_a_file_that_could_not_be_deleted_once_that_was_said_is_deleted_later(
    house: House, session: Session, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"recordings/{house.organization.pk}/{session.key}/r.webm"
    documents().put(name, b"sound")
    with organization_scope(house.organization.pk):
        Recording.objects.create(session=session, recorder="r", location=name)
        erasure = erase_person.ask(house.nora, house.ana, NAME)

    def down(_store: Store, _name: str) -> None:
        raise StoreFailed("it does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "delete", down)
        with pytest.raises(StoreFailed):
            erase_person.carry_through(house.organization.pk, erasure.pk)
    with organization_scope(house.organization.pk):
        assert Recording.objects.get().deleted_at is not None
    assert lying() == [name]
    if by == "the_hour":
        assert keep_recordings.forget_in(house.organization.pk) == 1
    else:
        erase_person.carry_through(house.organization.pk, erasure.pk)
    assert lying() == []


def zipped(**files: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return whole.getvalue()


ROSTERS = {
    "first_and_last": ("people", b"First name,Last name,Level\nAna,Vidal Puig,8\n"),
    "last_and_first": ("people", "Nachname;Stufe;Vorname\r\nVidal Puig;8;ANA\r\n".encode("utf-16")),
    "oneroster": (
        "oneroster",
        zipped(users="sourcedId,givenName,familyName\nu-1,Ana,Vidal Puig\n"),
    ),
}


@pytest.mark.parametrize("roster", ROSTERS)
def test_a_roster_that_waits_and_has_their_name_in_two_columns_is_given_up(house: House, roster: str) -> None:
    kind, content = ROSTERS[roster]
    other = b"First name,Last name,Level,Guardian\nBerta,Vidal Puig,8,Clara Puig\nAna,Soto,8,\n"
    with organization_scope(house.organization.pk):
        theirs, others = (imports.put_in(house.nora, *each) for each in ((kind, content), ("people", other)))
    erase(house)
    with organization_scope(house.organization.pk):
        theirs.refresh_from_db()
        others.refresh_from_db()
    assert (theirs.content, theirs.shown, theirs.status) == (None, {}, ImportStatus.DISCARDED)
    assert (others.status, others.content is None) == (ImportStatus.NEW, False)


def test_what_is_shown_of_a_roster_that_was_written_goes_as_well(house: House) -> None:
    with organization_scope(house.organization.pk):
        row = imports.put_in(house.nora, *ROSTERS["first_and_last"])
        Import.objects.update(status=ImportStatus.DONE, content=None)
    erase(house)
    with organization_scope(house.organization.pk):
        row.refresh_from_db()
    assert (row.shown, row.status) == ({}, ImportStatus.DONE)
