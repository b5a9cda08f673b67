from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgekit.bundle import Bundle
from edgekit.cli import codes, main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(["bundle", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_info_shows_the_default_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "info")
    assert (code, err) == (codes.OK, "")
    assert Bundle.open().digest in out
    code, out, _ = run(capsys, "info", "--json")
    facts = json.loads(out)
    assert facts["digest"] == Bundle.open().digest
    assert {graph["evidence"]["status"] for graphs in facts["stages"].values() for graph in graphs} == {"passed"}


def test_pack_and_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "my.zip"
    code, out, _ = run(capsys, "pack", Bundle.open().path, target)
    assert code == codes.OK
    assert out.startswith(f"{target}: packed, ")
    for words in (("verify", target), ("verify", "--bundle", target)):
        code, out, err = run(capsys, *words)
        assert (code, err) == (codes.OK, "")
        assert out.startswith(f"{target}: sound, ")
        assert Bundle.open().digest in out
    code, _, err = run(capsys, "pack", Bundle.open().path, target)
    assert (code, err) == (
        codes.USAGE,
        f"error: {target}: exists; choose another target, or allow it to be overwritten\n",
    )
    assert run(capsys, "pack", Bundle.open().path, target, "--overwrite")[0] == codes.OK


@pytest.mark.parametrize("action", ["info", "verify"])
def test_what_is_no_bundle_is_exit_code_3(tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str) -> None:
    code, out, err = run(capsys, action, tmp_path)
    assert (code, out) == (codes.UNUSABLE, "")
    assert err == f"error: {tmp_path}: has no manifest.json; give the folder of a bundle or a zip of it\n"
