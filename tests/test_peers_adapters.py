"""benchmarks: how each system is opened, with stand-ins for the packages and the program."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import (
    adapters,
)


class FakeResult:
    """What RapidOCR returns: None in place of empty lists."""

    def __init__(self, texts: tuple[str, ...] | None) -> None:
        self.txts = texts
        self.boxes = np.array([[[0, 0], [9, 0], [9, 5], [0, 5]]], np.float32) if texts else None
        self.scores = (np.float32(0.5),) if texts else None


@pytest.fixture
def rapidocr(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Stands for the packages rapidocr 3.10.0 and cv2; notes what they are asked."""
    asked: dict[str, Any] = {}
    (tmp_path / "models").mkdir()
    for name in adapters.RAPIDOCR_FILES.values():
        (tmp_path / "models" / name).touch()

    def engine(params: dict[str, Any]) -> Callable[[str], FakeResult]:
        asked["params"] = params
        return lambda path: FakeResult(("HI",) if path == "text.jpg" else None)

    module = types.SimpleNamespace(__file__=str(tmp_path / "__init__.py"), RapidOCR=engine)
    cv2 = types.SimpleNamespace(setNumThreads=lambda threads: asked.update(cv2=threads))
    monkeypatch.setitem(sys.modules, "rapidocr", module)
    monkeypatch.setitem(sys.modules, "cv2", cv2)
    monkeypatch.setattr(metadata, "version", lambda name: "3.10.0")
    return asked


def test_rapidocr_is_opened_with_its_own_models_and_our_threads(rapidocr: dict[str, Any], tmp_path: Path) -> None:
    read = adapters.open_rapidocr(2, {"version": "3.10.0"}).read
    params = rapidocr["params"]
    assert rapidocr["cv2"] == params["EngineConfig.onnxruntime.intra_op_num_threads"] == 2
    assert {Path(params[f"{stage}.model_path"]).parent for stage in ("Det", "Rec", "Cls")} == {tmp_path / "models"}
    assert "Rec.rec_keys_path" not in params
    lines, fields = read("text.jpg")
    assert lines == [{"text": "HI", "quad": [0, 0, 9, 0, 9, 5, 0, 5], "confidence": 0.5}]
    assert fields is None
    assert read("blank.jpg") == ([], None)


def test_rapidocr_is_opened_with_other_models(rapidocr: dict[str, Any], tmp_path: Path) -> None:
    given_paths = {name: str(tmp_path / name) for name in ("det", "rec", "keys")}
    for path in given_paths.values():
        Path(path).touch()
    adapters.open_rapidocr(1, {"version": "3.10.0", **given_paths})
    params = rapidocr["params"]
    assert [params[key] for key in ("Det.model_path", "Rec.model_path", "Rec.rec_keys_path")] == [*given_paths.values()]
    assert params["Cls.model_path"].endswith(adapters.RAPIDOCR_FILES["Cls"])


@pytest.mark.usefixtures("rapidocr")
def test_rapidocr_never_looks_for_a_model_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "models" / adapters.RAPIDOCR_FILES["Rec"]).unlink()
    with pytest.raises(FileNotFoundError, match=r"Rec\.model_path"):
        adapters.open_rapidocr(1, {"version": "3.10.0"})


@pytest.mark.usefixtures("rapidocr")
def test_another_rapidocr_is_another_peer() -> None:
    with pytest.raises(RuntimeError, match=r"rapidocr 3\.10\.0 is installed, 3\.9\.0"):
        adapters.open_rapidocr(1, {"version": "3.9.0"})


TSV = """level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t463\t1013\t-1\t
4\t1\t1\t1\t1\t0\t75\t32\t244\t31\t-1\t
5\t1\t1\t1\t1\t1\t75\t32\t51\t23\t90.0\tTotal
5\t1\t1\t1\t1\t2\t138\t30\t91\t18\t70.0\t9.50
5\t1\t1\t1\t2\t1\t10\t60\t5\t5\t95.0\t
5\t1\t2\t1\t1\t1\t10\t80\t50\t10\t100.0\tThanks
"""


@pytest.fixture
def tesseract(tmp_path: Path) -> dict[str, Any]:
    """Options with a program that answers as Tesseract does."""
    program = tmp_path / "tesseract"
    (tmp_path / "out.tsv").write_text(TSV, encoding="utf-8")
    program.write_text(
        f"""#!/bin/sh
case "$1" in
  --list-langs) printf 'List of available languages in "{tmp_path}/" (2):\\neng\\nosd\\n' ;;
  --version) printf 'tesseract 5.3.0\\n leptonica\\n' ;;
  bad.jpg) echo 'cannot read' >&2; exit 1 ;;
  *) echo "$OMP_THREAD_LIMIT $@" > {tmp_path}/asked; cat {tmp_path}/out.tsv ;;
esac
""",
        encoding="utf-8",
    )
    program.chmod(0o755)
    return {"program": str(program), "language": "eng", "segmentation": 4}


@pytest.mark.skipif(sys.platform == "win32", reason="the program that plays Tesseract is a shell script")
def test_tesseract_is_asked_for_lines(tesseract: dict[str, Any], tmp_path: Path) -> None:
    opened = adapters.open_tesseract(1, tesseract)
    assert opened.versions["tesseract"] == "5.3.0"
    assert opened.starts_anew
    lines, fields = opened.read("a.jpg")
    first, second = lines
    assert first == {"text": "Total 9.50", "quad": [75, 30, 229, 30, 229, 55, 75, 55], "confidence": pytest.approx(0.8)}
    assert second["text"] == "Thanks"
    assert fields is None
    assert (tmp_path / "asked").read_text() == "1 a.jpg stdout -l eng --psm 4 tsv\n"
    with pytest.raises(RuntimeError, match="cannot read"):
        opened.read("bad.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="the program that plays Tesseract is a shell script")
def test_tesseract_without_the_language(tesseract: dict[str, Any]) -> None:
    with pytest.raises(FileNotFoundError, match="its language deu is missing; it has eng, osd"):
        adapters.open_tesseract(1, {**tesseract, "language": "deu"})


def test_tesseract_that_is_not_here() -> None:
    with pytest.raises(FileNotFoundError, match="no program no-such-tesseract"):
        adapters.open_tesseract(1, {"program": "no-such-tesseract"})


def test_paddleocr_gets_every_model_by_folder_and_our_threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: dict[str, Any] = {}
    result = {
        "rec_texts": ["HI"],
        "rec_polys": np.array([[[0, 0], [9, 0], [9, 5], [0, 5]]], np.int16),
        "rec_scores": [np.float32(0.5)],
    }

    def engine(**words: Any) -> types.SimpleNamespace:
        asked.update(words)
        return types.SimpleNamespace(predict=lambda path: [result])

    monkeypatch.setitem(sys.modules, "paddleocr", types.SimpleNamespace(PaddleOCR=engine))
    monkeypatch.setitem(
        sys.modules, "cv2", types.SimpleNamespace(setNumThreads=lambda threads: asked.update(cv2=threads))
    )
    monkeypatch.setattr(metadata, "version", lambda name: "3.7.0")
    monkeypatch.setenv("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "")
    for name in ("det", "rec"):
        (tmp_path / name).mkdir()
    options = {
        "version": "3.7.0",
        "det_name": "d",
        "rec_name": "r",
        "det": str(tmp_path / "det"),
        "rec": str(tmp_path / "rec"),
    }
    opened = adapters.open_paddleocr(2, options)
    assert opened.read("a.jpg") == ([{"text": "HI", "quad": [0, 0, 9, 0, 9, 5, 0, 5], "confidence": 0.5}], None)
    assert asked["cv2"] == asked["engine_config"]["intra_op_num_threads"] == 2
    assert (asked["text_detection_model_dir"], asked["text_recognition_model_dir"]) == (options["det"], options["rec"])
    switches = [value for name, value in asked.items() if name.startswith("use_")]
    assert switches == [False, False, False]
