"""How each system is opened and asked to read. Runs in the interpreter that the system is installed in, so everything
beyond the standard library is imported when its system is opened."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.installed import program_mb, versions
from edgekit.bench.disk import installed_bytes, size_of

Line = dict[str, Any]
Fields = dict[str, str | None]
Read = Callable[[str], tuple[list[Line], Fields | None]]
RAPIDOCR_FILES = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
"""RapidOCR 3.10.0's default models: all three lie in its wheel, and are named by path so that it downloads nothing."""
TIMEOUT = 240
"""Seconds that a program may take for a picture."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A system ready to read. read: path of a picture to lines, and to fields where the system extracts them.

    installed_mb: what it takes on disk with all it needs, models included; None where that cannot be told.
    starts_anew: each read is a program that starts, reads one picture and ends.
    """

    read: Read
    versions: dict[str, str]
    installed_mb: Callable[[], float | None]
    starts_anew: bool = False


def open_edgekit(threads: int, options: dict[str, Any]) -> Opened:
    """EdgeKit. options: ``bundle``, a path or None."""
    from edgekit.evaluation import prediction
    from edgekit.reader import Reader

    reader = Reader.open(options["bundle"], threads=threads)

    def read(path: str) -> tuple[list[Line], Fields]:
        receipt = reader.read(path)
        return [line.to_dict() for line in receipt.lines], prediction(path, receipt)

    return _package(read, "edgekit", "onnxruntime", "numpy", "pillow")


def open_rapidocr(threads: int, options: dict[str, Any]) -> Opened:
    """RapidOCR as it comes, but for the threads. options: ``version``, the one expected; ``det``, ``rec``,
    ``keys``: paths of models and dictionary to use instead.
    """
    _check_version("rapidocr", options["version"])
    import cv2
    import rapidocr

    cv2.setNumThreads(threads)
    models = Path(rapidocr.__file__).parent / "models"
    params: dict[str, Any] = {f"{stage}.model_path": str(models / name) for stage, name in RAPIDOCR_FILES.items()}
    given = {"Det.model_path": "det", "Rec.model_path": "rec", "Rec.rec_keys_path": "keys"}
    others = {key: options[name] for key, name in given.items() if options.get(name)}
    params |= others
    for key, path in params.items():
        if not Path(path).is_file():
            raise FileNotFoundError(f"{key}: {path} is missing; install rapidocr again")
    params |= {"EngineConfig.onnxruntime.intra_op_num_threads": threads, "Global.log_level": "critical"}
    engine = rapidocr.RapidOCR(params=params)

    def read(path: str) -> tuple[list[Line], None]:
        result = engine(path)
        texts = getattr(result, "txts", None) or ()  # None, or another class altogether, where there is no text
        return _lines(texts, result.boxes if texts else (), result.scores or ()), None

    return _package(read, "rapidocr", "onnxruntime", "numpy", "pillow", files=tuple(others.values()))


def open_paddleocr(threads: int, options: dict[str, Any]) -> Opened:
    """PaddleOCR on ONNX Runtime, without the models that turn and flatten pages. options: ``version``, the one
    expected; ``det``, ``rec``: folders of its models, each with ``inference.onnx`` and ``inference.yml``; ``det_name``,
    ``rec_name``: their names.
    """
    _check_version("paddleocr", options["version"])
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"  # else it asks several hosts before it starts
    import cv2
    import paddleocr

    cv2.setNumThreads(threads)
    engine = paddleocr.PaddleOCR(
        text_detection_model_name=options["det_name"],
        text_detection_model_dir=options["det"],
        text_recognition_model_name=options["rec_name"],
        text_recognition_model_dir=options["rec"],
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        device="cpu",
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": threads},
    )

    def read(path: str) -> tuple[list[Line], None]:
        (result,) = engine.predict(path)
        return _lines(result["rec_texts"], result["rec_polys"], result["rec_scores"]), None

    files = [str(file) for name in ("det", "rec") for file in Path(options[name]).iterdir()]
    return _package(read, "paddleocr", "onnxruntime", "numpy", "pillow", files=tuple(files))


def open_tesseract(threads: int, options: dict[str, Any]) -> Opened:
    """The program Tesseract, started anew for each picture. options: ``program``, ``language``, ``segmentation`` (its
    ``--psm``)."""
    from models.evaluate.tesseract import lines_of

    program = shutil.which(options["program"])
    if program is None:
        raise FileNotFoundError(f"there is no program {options['program']}")
    environment = {**os.environ, "OMP_THREAD_LIMIT": str(threads)}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [program, *arguments], capture_output=True, encoding="utf-8", env=environment, timeout=TIMEOUT, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"ended with {done.returncode}: {done.stderr.strip()[-200:]}")
        return done.stdout

    first, *languages = run("--list-langs").splitlines()
    if options["language"] not in languages:
        raise FileNotFoundError(
            f"its language {options['language']} is missing; it has {', '.join(languages) or 'none'}"
        )
    flags = ("-l", options["language"], "--psm", str(options["segmentation"]), "tsv")

    def read(path: str) -> tuple[list[Line], None]:
        return [line.to_dict() for line in lines_of(run(path, "stdout", *flags))], None

    found = {"python": sys.version.split()[0], "tesseract": run("--version").split()[1]}
    models = Path(first.partition('"')[2].partition('"')[0])
    return Opened(read, found, lambda: program_mb(program, models), starts_anew=True)


SYSTEMS: dict[str, Callable[[int, dict[str, Any]], Opened]] = {
    "edgekit": open_edgekit,
    "rapidocr": open_rapidocr,
    "paddleocr": open_paddleocr,
    "tesseract": open_tesseract,
}


def _package(read: Read, *packages: str, files: tuple[str, ...] = ()) -> Opened:
    """files: models that lie outside of the packages."""
    found = {"python": sys.version.split()[0]} | versions(packages)
    return Opened(read, found, lambda: (installed_bytes(packages) + sum(map(size_of, map(Path, files)))) / 1e6)


def _check_version(package: str, expected: str) -> None:
    if (found := metadata.version(package)) != expected:
        raise RuntimeError(f"{package} {found} is installed, {expected} is what is compared")


def _lines(texts: Any, boxes: Any, scores: Any) -> list[Line]:
    return [
        {"text": text, "quad": [float(c) for corner in box for c in corner], "confidence": float(score)}
        for text, box, score in zip(texts, boxes, scores, strict=True)
    ]
