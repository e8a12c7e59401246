"""Everything as one file, for programs."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from callboard.lib import downloads
from callboard.lib.store import Store, StoreFailed
from callboard.workflows import take_out
from tests.api.conftest import Caller, School, is_problem, key_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(school: School, settings: Any, tmp_path: Path) -> Caller:
    settings.RECORDINGS = str(tmp_path / "recordings")
    return key_of(school.organization, "data.manage")


@pytest.fixture
def file(school: School, admin: Caller) -> str:
    """Where a takeout is fetched."""
    asked = admin.post("/organization/takeouts", {"files": False}).json()
    place = f"/organization/takeouts/{asked['id']}/file"
    is_problem(admin.get(place), 409, "no_file")
    take_out.make(school.organization.pk, asked["id"])
    return place


def test_a_takeout_is_read_as_it_is_sent(
    admin: Caller, file: str, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    whole = Store.read

    def read(store: Store, name: str, start: int, end: int) -> bytes:
        reads.append(end - start)
        return whole(store, name, start, end)

    async def taken(answer: Any) -> bytes:
        parts = aiter(answer.streaming_content)
        first: bytes = await anext(parts)
        assert reads == [1000]
        return first + b"".join([part async for part in parts])

    monkeypatch.setattr(downloads, "PIECE", 1000)
    monkeypatch.setattr(Store, "read", read)
    answer = admin.get(file)
    assert (reads, answer.is_async) == ([], True)
    content = async_to_sync(taken)(answer)
    assert len(content) == int(answer["Content-Length"])
    assert f'filename="{school.organization.slug}-' in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "schema.json" in archive.namelist()


def test_a_store_that_can_hands_it_out_itself_and_one_that_is_down_is_said(
    admin: Caller, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Store, "link", lambda *_of: "https://store.example/signed")
        answer = admin.get(file)
        assert (answer.status_code, answer["Location"]) == (302, "https://store.example/signed")

    def down(_store: Store, _name: str) -> int:
        raise StoreFailed("it does not answer")

    monkeypatch.setattr(Store, "size", down)
    is_problem(admin.get(file), 409, "store_down")
