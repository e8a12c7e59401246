"""Which database is used, and by which login it is read whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from callboard.lib.postgres.errors import DatabaseUnavailable
from callboard.lib.postgres.home import Home, State
from callboard.lib.postgres.provision import database, reader
from tests.support.database import Place

BACKUP = "CALLBOARD_BACKUP_DATABASE_URL"


def test_a_backup_is_of_the_given_database_and_never_of_a_cluster_that_lies_there_still(
    database_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, url in database_place.logins.environment().items():
        monkeypatch.setenv(name, url)
    monkeypatch.delenv(BACKUP, raising=False)
    stale = Home(tmp_path)
    stale.make()
    stale.write_state(State(cluster=str(tmp_path / "cluster")))
    with database(tmp_path) as logins:
        with pytest.raises(DatabaseUnavailable, match=BACKUP):
            reader(logins)
        monkeypatch.setenv(BACKUP, database_place.admin)
        assert reader(logins) == database_place.admin


def test_a_key_that_is_replaced_is_not_lost(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    with home.locked():
        first = home.secret("secret_key")
        for key in ("second", "second", "third"):
            home.keep_secret("secret_key", key)
    assert home.kept_secret("secret_key") == "third"
    assert home.kept_secret("secret_key_before") == f"second,{first}"
