from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from edgekit.cli.plots import check_plot, draw
from edgekit.errors import UsageError
from edgekit.reliability import Answer, describe

ANSWERS = [Answer(0.95, True, True), Answer(0.9, False, True), Answer(0.4, False, False)]
CONFIDENCE = {"total": describe(ANSWERS, 4), "tax": describe([], 2)}


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_a_drawing_is_written(tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / f"trust.{suffix}"
    check_plot(str(path))
    draw(str(path), CONFIDENCE, 0.02, "a title")
    assert path.read_bytes()[:4] in (b"<?xm", b"\x89PNG", b"%PDF")


def test_the_same_figures_give_the_same_drawing(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    paths = [tmp_path / name for name in ("a.svg", "b.svg")]
    for path in paths:
        draw(str(path), CONFIDENCE, None, "a title")
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_it_cannot_be_written_to_a_folder(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "trust.png").mkdir()
    with pytest.raises(UsageError, match=r"trust\.png: cannot be written \(Is a directory\): choose another place"):
        draw(str(tmp_path / "trust.png"), CONFIDENCE, 0.02, "")


def test_wrong_places_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"trust\.txt: cannot tell the kind of drawing: end its name in \.svg"):
        check_plot(str(tmp_path / "trust.txt"))
    with pytest.raises(UsageError, match="its folder does not exist: make it first"):
        check_plot(str(tmp_path / "absent" / "trust.svg"))


def test_without_matplotlib_the_mend_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageError, match=r"not installed: pip install 'edgekit\[plots\]'"):
        check_plot(str(tmp_path / "trust.svg"))
