"""Files for deployment name what there is: settings, commands, addresses; and hold back nothing live."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from callboard.cli import main
from callboard.lib import environment
from tests.architecture.sources import CHECKOUT

DEPLOY = CHECKOUT / "deploy"
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and path.name != ".env"]
UNITS = sorted((DEPLOY / "systemd").iterdir())


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    known = {each.name for each in environment.VARIABLES}
    files = {f"{each.name}_FILE" for each in environment.VARIABLES if each.secret}
    assert set(re.findall(r"CALLBOARD_[A-Z_]+[A-Z]", path.read_text())) <= known | files


def test_what_the_units_and_the_image_run_are_commands() -> None:
    started = [
        line for path in UNITS for line in path.read_text().splitlines() if line.startswith("ExecStart=")
    ]
    ours = [line.split("/bin/callboard ")[1].split()[0] for line in started]
    assert sorted(ours) == ["backup", "serve"]
    image = (DEPLOY / "Containerfile").read_text()
    words = re.findall(r'CMD \["(\w+)"', image)
    assert set(ours) | (set(words) - {"python"}) <= set(main.COMMANDS)


def test_a_container_has_the_time_to_stop_and_writes_to_its_volume_alone() -> None:
    service = compose()["services"]["callboard"]
    assert service["stop_grace_period"] == "15s"
    assert service["read_only"] is True
    assert [volume.split(":")[1] for volume in service["volumes"]] == ["/data"]
    assert "CALLBOARD_DATA_DIR=/data" in (DEPLOY / "Containerfile").read_text()
    assert set(compose()["volumes"]) >= {"data"}


def test_the_nginx_that_debian_12_has_reads_our_file() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert "listen 443 ssl http2;" in text
    assert not re.search(r"^\s*http2 on;", text, re.MULTILINE), "a directive since 1.25; Debian 12 has 1.22"


def test_both_proxies_let_events_out_as_they_come_and_keep_metrics_within() -> None:
    caddy, nginx = (DEPLOY / "Caddyfile").read_text(), (DEPLOY / "nginx.conf").read_text()
    assert "flush_interval -1" in caddy
    assert "respond /metrics 404" in caddy
    assert "location = /metrics { return 404; }" in nginx
    place = re.search(r"location ~ (\S+) \{[^}]*proxy_buffering off", nginx)
    assert place is not None
    for address in ("/stream/", "/api/v1/stream"):
        assert re.match(place[1], address), address
    assert "X-Forwarded-Proto $scheme" in nginx
    inner = re.findall(r"^    location [^{]*\{([^}]*)", nginx, re.MULTILINE)
    assert len(inner) == 4
    assert not [block for block in inner if "proxy_set_header" in block], "it would forget those above"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text().replace("/opt/callboard/bin/callboard", "/bin/true")
        (tmp_path / path.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / path.name) for path in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "callboard" in line]
    assert (done.returncode, said) == (0, [])
