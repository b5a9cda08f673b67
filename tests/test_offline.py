"""A read opens no connection: not through Python (an audit hook sees every socket), and not through native code (in a
network namespace of its own, the kernel counts what is sent and what finds no route)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from places import EXAMPLE, ROOT

WATCH = """
import sys
tried = []
def hook(event, arguments):
    if event.split(".")[0] in ("socket", "http", "urllib", "ftplib", "smtplib"):
        tried.append(event)
sys.addaudithook(hook)
"""
READ = """
from edgekit import Reader
total = Reader.open().read({example!r}).total
"""
CALL_HOME = """
import socket
FOUR, SIX = (socket.AF_INET, socket.SOCK_STREAM, "192.0.2.1"), (socket.AF_INET6, socket.SOCK_DGRAM, "2001:db8::1")
for family, kind, place in (FOUR, SIX):
    with socket.socket(family, kind) as caller:
        caller.settimeout(0.2)
        try:
            caller.connect((place, 443))
            caller.send(b"x")
        except OSError:
            pass
"""
COUNT = """
import pathlib
def traffic():
    words = []
    rows = [line.split() for line in pathlib.Path("/proc/self/net/snmp").read_text().splitlines()]
    for names, values in zip(rows[::2], rows[1::2]):
        words += [(names[0] + name, int(value)) for name, value in zip(names[1:], values[1:])]
    six = pathlib.Path("/proc/self/net/snmp6")
    words += [(line.split()[0], int(line.split()[1])) for line in six.read_text().splitlines()] if six.exists() else []
    wanted = ("OutNoRoutes", "ActiveOpens", "OutDatagrams", "OutRequests")
    return {name: value for name, value in words if name.endswith(wanted)}
"""
NAMESPACE = ["unshare", "--map-root-user", "--net"]


def run(script: str, prefix: tuple[str, ...] = ()) -> Any:
    """What a fresh interpreter prints as JSON."""
    command = [*prefix, sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def may_cut_the_network() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, timeout=30, check=False).returncode == 0


def test_python_opens_no_socket() -> None:
    read = READ.format(example=str(EXAMPLE))
    report = "import json; print(json.dumps([str(total.value), len(tried)]))"
    assert run(WATCH + read + report) == ["18.95", 0]
    caught = run(WATCH + CALL_HOME + "total = None; import json; print(json.dumps(tried))")
    assert "socket.connect" in caught


def test_the_command_opens_no_socket(tmp_path: Path) -> None:
    words = ["read", "--json", str(EXAMPLE), "--annotate", str(tmp_path / "out")]
    script = f"""
import contextlib, io, json
from edgekit.cli import main
with contextlib.redirect_stdout(io.StringIO()) as out:
    code = main({words!r})
print(json.dumps([code, json.loads(out.getvalue())[0]["fields"]["total"]["value"], tried]))
"""
    assert run(WATCH + script) == [0, "18.95", []]


@pytest.mark.skipif(not may_cut_the_network(), reason="no right to make a network namespace here")
def test_with_the_network_cut_off_a_read_works_and_tries_nothing() -> None:
    read = READ.format(example=str(EXAMPLE))
    script = COUNT + "start = traffic()\n" + read + "after = traffic()\n" + CALL_HOME + "called = traffic()\n"
    script += "import json; print(json.dumps([str(total.value), start, after, called]))"
    total, start, after, called = run(script, tuple(NAMESPACE))
    assert total == "18.95"
    assert len(start) >= 4
    assert after == start
    assert called != start, "the counters do not see an attempt, so they prove nothing"
