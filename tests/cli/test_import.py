"""`callboard import`: what it says and how it ends, in words and as JSON."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callboard.cli import main, runtime
from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.people.import_models import Import
from callboard.people.models import Organization, Person
from callboard.people.operations import Draft, create_people

pytestmark = pytest.mark.django_db

GOOD = "id,name,email\ns-1,Joan,joan@x.example\ns-2,Iris,\n"
BAD = "id,name,email\ns-1,Joan,joan at x\ns-2,Iris,\n,Nobody,\n"


class Command:
    """The command in this process, on the tests' database, as somebody at a terminal has it."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capture = folder, capture

    def __call__(self, content: str | bytes, *words: str, kind: str = "people") -> tuple[int, str, str]:
        file = self.folder / "roster.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.on(str(file), *words, kind=kind)

    def on(
        self, file: str, *words: str, kind: str = "people", organization: str = "maple"
    ) -> tuple[int, str, str]:
        code = main.run(["import", kind, file, "--organization", organization, *words])
        out, err = self.capture.readouterr()
        return code, out, err


@pytest.fixture
def command(
    organization: Organization,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Command:
    monkeypatch.setattr(runtime, "product", lambda _data_dir: nullcontext())
    return Command(tmp_path, capsys)


def people(organization: Organization) -> list[str]:
    with organization_scope(organization.pk):
        return sorted(Person.objects.values_list("name", flat=True))


def test_a_sound_file_is_brought_in_and_counted(command: Command, organization: Organization) -> None:
    code, out, err = command(GOOD)
    assert (code, err) == (0, "")
    assert out.startswith("Brought in: 2 rows, 2 added")
    assert people(organization) == ["Iris", "Joan"]


def test_json_is_one_document(command: Command) -> None:
    code, out, _err = command(GOOD, "--json")
    told = json.loads(out)
    assert (code, told["status"], told["counts"]["added"], told["faults"]) == (0, "done", 2, [])


def test_a_dry_run_writes_nothing_and_leaves_no_file_waiting(
    command: Command, organization: Organization
) -> None:
    code, out, _err = command(GOOD, "--dry-run")
    assert (code, people(organization)) == (0, [])
    assert out.startswith("Nothing was written. It would be: 2 rows, 2 added")
    with organization_scope(organization.pk):
        assert Import.objects.get().status == "discarded"


def test_wrong_cells_are_told_by_file_row_and_column_and_nothing_is_written(
    command: Command, organization: Organization
) -> None:
    code, out, err = command(BAD)
    assert (code, people(organization)) == (2, [])
    assert out.startswith("Nothing was written.")
    assert "with --skip: then it would be: 3 rows, 1 added, 2 wrong rows left out, 1 new student" in out
    first, second = err.splitlines()
    assert first.endswith("roster.csv:2: email: “joan at x”: This is not an email address.")
    assert "roster.csv:4:" in second
    code, out, _err = command(BAD, "--json")
    told = json.loads(out)
    assert (code, told["fault_count"]) == (2, 2)
    assert [each["line"] for each in told["faults"]] == [2, 4]
    assert told["faults"][0]["column"] == "email"


def test_wrong_rows_can_be_left_out(command: Command, organization: Organization) -> None:
    code, _out, err = command(BAD, "--skip")
    assert (code, people(organization)) == (0, ["Iris"])
    assert "roster.csv:2:" in err


def test_a_dry_run_ends_as_the_run_would(command: Command, organization: Organization) -> None:
    assert command(BAD, "--dry-run")[0] == 2
    assert command(BAD, "--dry-run", "--skip")[0] == 0
    assert people(organization) == []


def test_columns_that_are_not_read_are_named(command: Command) -> None:
    code, _out, err = command("id,name,Shoe size\ns-1,Joan,38\n")
    assert code == 0
    assert err.endswith("roster.csv: columns that are not read: Shoe size\n")
    told = json.loads(command("id,name,Shoe size\ns-1,Joan,38\n", "--json")[1])
    assert told["columns"] == {"id": "id", "name": "name", "Shoe size": ""}


def test_who_is_left_in_the_archive_is_told(command: Command, organization: Organization) -> None:
    command(GOOD)
    with organization_scope(organization.pk):
        Person.objects.filter(name="Joan").update(archived_at=clock.now())
    code, _out, err = command(GOOD)
    assert code == 0
    assert "roster.csv:2: Joan: Is in the archive." in err
    assert json.loads(command(GOOD, "--json")[1])["samples"]["left"][0]["line"] == 2


def test_whom_an_address_of_a_calendar_means_can_be_said(
    command: Command, organization: Organization
) -> None:
    day = clock.now() + timedelta(days=30)
    with organization_scope(organization.pk):
        create_people(
            [Draft(name="Marta", email="marta@m.example", skills=()), Draft(name="Joan", level="8")]
        )
    feed = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//EN\nBEGIN:VEVENT\nUID:u1\nSUMMARY:Algebra\n"
        f"DTSTART:{day:%Y%m%d}T160000Z\nORGANIZER:mailto:marta@m.example\n"
        "ATTENDEE:mailto:joan@home.example\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    code, _out, err = command(feed, kind="calendar")
    assert code == 2
    assert "nobody here has joan@home.example, in 1 of its events" in err
    code, out, _err = command(feed, "--person", "joan@home.example=Joan", kind="calendar")
    assert (code, "1 new session" in out) == (0, True)


def refusal(answer: tuple[int, str, str]) -> Any:
    code, out, _err = answer
    assert code == 2
    return json.loads(out)["error"]


def test_what_is_no_table_is_refused_with_its_name(command: Command) -> None:
    error = refusal(command(b"\x00\x01\xff\xfe\x00", "--json"))
    assert error["code"] == "bad_file"
    assert error["file"].endswith("roster.csv")
    assert refusal(command(b"", "--json"))["message"] == "The file is empty."


def test_a_file_that_is_not_there_is_said(command: Command) -> None:
    code, _out, err = command.on("nowhere.csv")
    assert (code, err) == (2, "callboard: nowhere.csv: it cannot be read: No such file or directory\n")


def test_a_folder_without_csvs_is_said(command: Command, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert refusal(command.on(str(empty), "--json", kind="oneroster"))["file"] == str(empty)


def test_a_folder_is_brought_in_as_oneroster(
    command: Command, organization: Organization, tmp_path: Path
) -> None:
    folder = tmp_path / "sds"
    folder.mkdir()
    (folder / "users.csv").write_text(
        "sourcedId,username,givenName,familyName,role\nu-1,joan@x.example,Joan,Serra,student\n"
    )
    code, _out, err = command.on(str(folder), kind="oneroster")
    assert (code, err, people(organization)) == (0, "", ["Joan Serra"])


def test_unknown_kinds_organizations_columns_and_choices_are_refused(
    command: Command, tmp_path: Path
) -> None:
    assert "people" in refusal(command(GOOD, "--json", kind="wombats"))["message"]
    assert "'Kid'" in refusal(command(GOOD, "--json", "--column", "Kid=name"))["message"]
    assert (
        "'surname'; there are: id, name"
        in refusal(command(GOOD, "--json", "--column", "name=surname"))["message"]
    )
    assert (
        "'minuts' for such a file; there are: role"
        in refusal(command(GOOD, "--json", "--set", "minuts=3"))["message"]
    )
    assert "calendars alone" in refusal(command(GOOD, "--json", "--person", "a@x.example=Joan"))["message"]
    assert "--column" in refusal(command("Kid\nJoan\n", "--json"))["message"]
    assert "'='" in refusal(command(GOOD, "--json", "--column", "Kid"))["message"]
    assert "instructors" in refusal(command(GOOD, "--json", "--set", "role=wizard"))["message"]
    file = str(tmp_path / "roster.csv")
    assert refusal(command.on(file, "--json", organization="birch"))["code"] == "not_found"


def test_a_column_can_be_said_or_left_out(command: Command, organization: Organization) -> None:
    code, _out, _err = command("id,Kid\ns-1,Joan\n", "--column", "Kid=name")
    assert (code, people(organization)) == (0, ["Joan"])
