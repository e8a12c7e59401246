"""Files are kept in a folder or in an S3-compatible store, by the same calls."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from callboard.lib.store import Missing, Store, StoreFailed


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of a bucket at an S3 that lives in this process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with urlopen(Request(f"{endpoint}/lessons", method="PUT")):
            pass
        yield f"s3://lessons/kept?endpoint={endpoint}&region=us-east-1"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    address = str(tmp_path / "kept") if request.param == "folder" else request.getfixturevalue("bucket")
    return Store(address)


def test_what_was_put_is_read_whole_and_in_part(store: Store, tmp_path: Path) -> None:
    store.put("a/one", b"hello world")
    local = tmp_path / "big"
    local.write_bytes(b"x" * 3_000_000)
    assert store.put("a/two", local) == 3_000_000
    assert store.size("a/one") == 11
    assert store.read("a/one", 6, 11) == b"world"
    assert store.fetch("a/two", tmp_path / "back") == 3_000_000
    assert (tmp_path / "back").read_bytes() == local.read_bytes()


def test_names_lists_what_lies_under_a_prefix_in_order(store: Store) -> None:
    for name in ("p/2", "p/1", "q/1"):
        store.put(name, b"-")
    assert list(store.names("p")) == [("p/1", 1), ("p/2", 1)]
    assert list(store.names("nothing")) == []


def test_what_is_deleted_is_gone_and_deleting_again_is_no_failure(store: Store) -> None:
    store.put("once", b"-")
    store.delete("once")
    store.delete("once")
    with pytest.raises(Missing):
        store.size("once")


def test_a_bucket_gives_links_that_open_a_file_and_a_folder_gives_none(bucket: str, tmp_path: Path) -> None:
    there = Store(bucket)
    there.put("a", b"heard")
    link: Any = there.link("a", timedelta(minutes=1))
    assert link.startswith("http://127.0.0.1")
    with urlopen(link) as answer:
        assert answer.read() == b"heard"
    assert Store(str(tmp_path)).link("a", timedelta(minutes=1)) is None


def test_a_store_that_does_not_answer_is_said_to_have_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("callboard.lib.store.TRIED_FOR", timedelta(seconds=0))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "secret-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with socket.socket() as taken:  # bound and deaf
        taken.bind(("127.0.0.1", 0))
        away = Store(f"s3://b?endpoint=http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(StoreFailed) as caught:
            away.put("x", b"-")
    assert "secret" not in str(caught.value)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFailed):
        Store(str(tmp_path / "file" / "below"))
