"""benchmarks.pages and benchmarks.results: what the pages show is what the files say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from places import ROOT

from benchmarks import pages, results
from edgekit.errors import UsageError

RESULTS = sorted((ROOT / "benchmarks" / "results").glob("*.json"))
PEERS = ROOT / "benchmarks" / "results" / "peers-epyc-2-cores.json"


def test_the_projects_pages_show_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert pages.main(["--check"]) == 0, capsys.readouterr().out
    text = "".join(page.read_text(encoding="utf-8") for page in pages.PAGES)
    assert text.count(pages.END) >= 2


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: str(path.name))
def test_every_result_follows_its_schema(path: Path) -> None:
    assert results.load(path, *results.SCHEMAS)["schema"] in results.SCHEMAS


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    place = pages.BEGIN.format("peers-short", PEERS.relative_to(ROOT).as_posix())
    path.write_text(f"before\n{place}\nstale table\n{pages.END}\nafter\n", encoding="utf-8")
    return path


def test_a_page_is_written_once(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pages.main([str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale table" not in text
    assert "| **EdgeKit** |" in text
    assert f"{page}: written" in capsys.readouterr().out
    assert pages.main([str(page)]) == 0
    assert capsys.readouterr().out == ""


def test_check_writes_nothing(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = page.read_text(encoding="utf-8")
    assert pages.main([str(page), "--check"]) == 1
    assert page.read_text(encoding="utf-8") == before
    assert "shows other figures" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("<!-- table: nothing x.json -->", "there is no table nothing"),
        ("<!-- table: peers-short none.json -->", "none.json: cannot be read"),
    ],
)
def test_a_page_that_asks_for_what_is_not_there(
    tmp_path: Path, place: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.md").write_text(f"{place}\n{pages.END}\n", encoding="utf-8")
    assert pages.main([str(tmp_path / "page.md")]) == 2
    assert expected in capsys.readouterr().err


def test_a_page_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pages.main([str(tmp_path / "none.md")]) == 2
    assert "none.md: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "is no JSON"),
        ("[]", "is of schema None, wanted is edgekit.peers/2"),
        ('{"schema": "edgekit-peers/1"}', "is of schema 'edgekit-peers/1'"),
        ('{"schema": "edgekit.peers/2"}', "does not follow schema edgekit.peers/2"),
    ],
)
def test_what_is_no_result(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=expected):
        results.load(path, results.PEERS)


def test_the_place_of_a_fault_is_named(tmp_path: Path) -> None:
    result = json.loads(PEERS.read_text(encoding="utf-8"))
    result["sets"][0]["systems"][0]["median_s"] = "fast"
    path = tmp_path / "a.json"
    path.write_text(json.dumps(result), encoding="utf-8")
    with pytest.raises(UsageError, match=r"\$\.sets\[0\]\.systems\[0\]\.median_s"):
        results.load(path, results.PEERS)
