"""A backup is worth what its restore is: tried here on another data folder, under another host name."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from callboard.cli import restore
from callboard.lib.backups import archive
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.provision import DATABASE
from tests.cli.conftest import made_data_dir
from tests.cli.test_commands import PASSWORD, callboard

PROBE = (
    "import sys; from callboard.lib.backups import after;"
    "after.register('a_step', lambda restored: restored.taken_at.year);"
    "from callboard.cli.main import run; sys.exit(run(sys.argv[1:]))"
)
"""The command, with a list of erasures of its own."""


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """Another machine's data folder."""
    yield from made_data_dir()


def rows(data_dir: Path, query: str) -> Any:
    with EmbeddedServer(data_dir) as server, psycopg.connect(server.url(DATABASE)) as connection:
        return connection.execute(query.encode()).fetchall()


def test_saved_here_and_restored_elsewhere(
    data_dir: Path, elsewhere: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    here, there = ("--data-dir", str(data_dir)), ("--data-dir", str(elsewhere))
    file = tmp_path / "maple.backup"
    maple = ("init", "Maple School", "--email", "ana@maple.example", "--zone", "Europe/Madrid", *here)
    assert callboard(environment | PASSWORD, *maple)[0] == 0
    (data_dir / "recordings" / "1").mkdir(parents=True)
    (data_dir / "recordings" / "1" / "lesson.ogg").write_bytes(b"sound")

    code, told = callboard(environment, "backup", str(file), "--recordings", "--with-key", *here)
    assert (code, told["recordings"]) == (0, 1)
    assert callboard(environment, "backup", str(file), *here)[1]["error"]["code"] == "exists"
    assert callboard(environment, "restore", str(file), *here)[1]["error"]["code"] == "not_empty"
    assert callboard(environment, "restore", str(file), "--check", *here)[1]["sealed_by_this_key"] is True
    secrets = (data_dir / "postgres" / "secrets.json").read_text()
    strange = bare_backup(tmp_path / "strange.backup", secret_key="another school's")
    assert callboard(environment, "restore", str(strange), *here)[1]["error"]["code"] == "not_empty"
    assert (data_dir / "postgres" / "secrets.json").read_text() == secrets, "what is refused changes nothing"
    unsealed = bare_backup(tmp_path / "other.backup")
    assert (
        callboard(environment, "restore", str(unsealed), "--check", *here)[1]["sealed_by_this_key"] is False
    )

    cut = tmp_path / "cut.backup"
    cut.write_bytes(file.read_bytes()[:-20_000])
    assert callboard(environment, "restore", str(cut), *there)[1]["error"]["code"] == "bad_backup"
    assert not any(elsewhere.iterdir()), "a file that is not whole touches nothing"

    moved = environment | {"CALLBOARD_BASE_URL": "https://new.example.org"}
    killed = subprocess.run(
        [sys.executable, "-m", "callboard.cli.main", "restore", str(file), *there],
        env=moved | {"CALLBOARD_CRASH_AT": "restore.after_rows"},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9
    code, told = callboard(moved, "migrate", *there)
    assert (code, told["error"]["code"]) == (2, "unfinished"), "what looks whole is not taken for it"

    done = subprocess.run(
        [sys.executable, "-c", PROBE, "restore", str(file), "--json", *there],
        env=moved,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"a_step": 20' in done.stdout
    nothing: dict[str, list[str]] = {"before": [], "after": [], "held": []}
    assert callboard(moved, "migrate", *there) == (0, {"applied": [], "pending": nothing})
    assert rows(elsewhere, "SELECT slug, zone FROM callboard_people_organization") == [
        ("maple-school", "Europe/Madrid")
    ]
    assert (elsewhere / "recordings" / "1" / "lesson.ogg").read_bytes() == b"sound"
    states = {
        each["name"]: each["state"] for each in callboard(moved, "doctor", "--stopped", *there)[1]["checks"]
    }
    assert {states[name] for name in ("roles", "policies", "schema", "durability")} == {"ok"}
    kept = [(place / "postgres" / "secrets.json").read_text() for place in (data_dir, elsewhere)]
    assert kept[0].split('"secret_key": ')[1][:30] == kept[1].split('"secret_key": ')[1][:30]


AT_WORK = """
import sys
from pathlib import Path
from callboard.cli import runtime

with runtime.product(Path(sys.argv[1])):
    import zlib
    from django.db import connection
    from callboard.lib import clock
    from callboard.lib.backups import erasures
    from callboard.lib.tenancy import organization_scope
    from callboard.people import queries
    from callboard.people.import_models import Import
    from callboard.people.models import Person

    organization = queries.all_organizations()[0]
    with organization_scope(organization):
        ana = Person.objects.create(name="Ana Vidal")
        for text in (b"name;Ana Vidal", b"name;Berta Puig"):
            Import.objects.create(
                kind="people", status="checking", file_name="r.csv", size=9, content=zlib.compress(text)
            )
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH worker AS (INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id) "
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, args) "
                "SELECT 'q', 't', 'doing', id, jsonb_build_object('organization', %s::bigint, 'person', "
                "%s::text) FROM worker",
                [organization, ana.key],
            )
        row = queries.organization()
    entry = erasures.Entry(
        "erased-since", clock.now(), erasures.Row(row.pk, row.created_at),
        (erasures.Row(ana.pk, ana.created_at),),
    )
    Path(sys.argv[2]).write_text("".join(erasures.lines([entry])))
"""
"""Somebody's import is being checked, and a job is done, about someone who is erased the day after."""


def test_a_backup_of_people_at_work_is_restored_with_the_erasures_since(
    data_dir: Path, elsewhere: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    here, there = ("--data-dir", str(data_dir)), ("--data-dir", str(elsewhere))
    file, erased = tmp_path / "maple.backup", tmp_path / "erased.jsonl"
    maple = ("init", "Maple School", "--email", "nora@maple.example", "--zone", "Europe/Madrid", *here)
    assert callboard(environment | PASSWORD, *maple)[0] == 0
    made = subprocess.run(
        [sys.executable, "-c", AT_WORK, str(data_dir), str(erased)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert callboard(environment, "backup", str(file), *here)[0] == 0
    restoring = ("restore", str(file), "--erasures", str(erased), *there)
    nowhere = environment | {"CALLBOARD_ERASURES": str(erased / "no-folder")}
    code, told = callboard(nowhere, *restoring)
    assert (code, told["error"]["code"]) == (1, "store")
    assert "restore again" in told["error"]["message"]
    code, told = callboard(environment, *restoring)
    assert (code, told["applied_again"]) == (0, {"erasures": 1, "announcements": 0})
    assert rows(elsewhere, "SELECT name FROM callboard_people_person") == [("Erased person",)]
    imports = "SELECT status, content IS NULL FROM callboard_people_import ORDER BY id"
    assert rows(elsewhere, imports) == [("discarded", True), ("checking", False)]
    jobs = rows(elsewhere, "SELECT status::text, args->>'person' FROM procrastinate_jobs")
    assert [status for status, _person in jobs] == ["todo"]
    assert jobs[0][1] != "per_ana"


def test_what_a_newer_version_saved_is_refused(
    data_dir: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    file = bare_backup(tmp_path / "newer.backup", "callboard_people.9999_from_the_future")
    for_others = environment | {"CALLBOARD_BASE_URL": "https://maple.example.org"}
    code, told = callboard(for_others, "restore", str(file), "--check", "--data-dir", str(data_dir))
    assert code == 2
    assert "9999_from_the_future" in told["error"]["message"]


def test_nothing_is_restored_where_nothing_would_start(
    data_dir: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    file = bare_backup(tmp_path / "a.backup")
    unsafe = environment | {"CALLBOARD_BASE_URL": "http://maple.example.org"}
    code, told = callboard(unsafe, "restore", str(file), "--data-dir", str(data_dir))
    assert (code, told["error"]["code"]) == (2, "unsafe")


def test_the_dump_is_unpacked_beside_the_data_and_goes_again(data_dir: Path, tmp_path: Path) -> None:
    file = bare_backup(tmp_path / "a.backup")
    with restore._unpacked(file, data_dir) as unpacked:
        assert unpacked.is_relative_to(data_dir)
        assert unpacked.read_bytes() == b"rows"
    assert list(data_dir.iterdir()) == []


def bare_backup(path: Path, *migrations: str, secret_key: str = "") -> Path:
    key = secret_key or "a key"
    taken = "2031-01-01T00:00:00+00:00"
    manifest = archive.Manifest(
        "99.0", taken, "21.0", [*migrations], {}, archive.fingerprint(key), secret_key=secret_key
    )
    with archive.written(path, manifest, key) as writer:
        writer.add(archive.DATABASE, io.BytesIO(b"rows"), 4)
    return path
