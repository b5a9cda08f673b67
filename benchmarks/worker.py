"""One system in a process of its own: ``python -m benchmarks.worker``. Requests on stdin, answers on stdout, in JSON.

    {"open": "edgekit", "threads": 2, "options": {...}}  ->  {"versions": {...}}, or {"error": "...", "missing": "..."}
    {"read": "photo.jpg"}  ->  {"seconds", "cpu_seconds", "lines", "fields"}, or {"failed": "..."}
    {"close": true}        ->  {"peak_mb", "installed_mb"}

It runs in the interpreter that the system is installed in, so until told which system to open it imports nothing but
the standard library, and of EdgeKit only what needs no more.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

from edgekit.bench.disk import installed_bytes
from edgekit.memory import peak_rss

Line = dict[str, Any]
Read = Callable[[str], tuple[list[Line], "dict[str, str | None] | None"]]
RAPIDOCR_FILES = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
"""RapidOCR 3.10.0's default models: all three lie in its wheel, and are named by path so that it downloads nothing."""


def open_edgekit(threads: int, options: dict[str, Any]) -> Read:
    """EdgeKit. options: ``bundle``, a path or None."""
    from edgekit.evaluation import prediction
    from edgekit.reader import Reader

    reader = Reader.open(options["bundle"], threads=threads)

    def read(path: str) -> tuple[list[Line], dict[str, str | None] | None]:
        receipt = reader.read(path)
        return [line.to_dict() for line in receipt.lines], prediction(path, receipt)

    return read


def open_rapidocr(threads: int, options: dict[str, Any]) -> Read:
    """RapidOCR as it comes, but for the threads. options: ``version``, the one expected; ``det``, ``rec``,
    ``keys``: paths of models and dictionary to use instead.
    """
    if (found := metadata.version("rapidocr")) != options["version"]:
        raise RuntimeError(f"rapidocr {found} is installed, {options['version']} is what is compared")
    import cv2
    import rapidocr

    cv2.setNumThreads(threads)
    models = Path(rapidocr.__file__).parent / "models"
    params: dict[str, Any] = {f"{stage}.model_path": str(models / name) for stage, name in RAPIDOCR_FILES.items()}
    given = {"Det.model_path": "det", "Rec.model_path": "rec", "Rec.rec_keys_path": "keys"}
    params |= {key: options[name] for key, name in given.items() if options.get(name)}
    for key, path in params.items():
        if not Path(path).is_file():
            raise FileNotFoundError(f"{key}: {path} is missing; install rapidocr again")
    params |= {"EngineConfig.onnxruntime.intra_op_num_threads": threads, "Global.log_level": "critical"}
    engine = rapidocr.RapidOCR(params=params)

    def read(path: str) -> tuple[list[Line], None]:
        result = engine(path)
        texts = getattr(result, "txts", None) or ()  # None, or another class altogether, where there is no text
        return [
            {"text": text, "quad": [float(c) for corner in box for c in corner], "confidence": float(score)}
            for text, box, score in zip(texts, result.boxes if texts else (), result.scores or (), strict=True)
        ], None

    return read


SYSTEMS: dict[str, tuple[Callable[[int, dict[str, Any]], Read], tuple[str, ...]]] = {
    "edgekit": (open_edgekit, ("edgekit", "onnxruntime", "numpy", "pillow")),
    "rapidocr": (open_rapidocr, ("rapidocr", "onnxruntime", "numpy", "pillow")),
}
"""How to open a system, and the distributions that are installed for it (what they require is followed)."""


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answers requests until told to close or the other end is gone."""
    read: Read | None = None
    packages: tuple[str, ...] = ()
    for line in requests:
        request = json.loads(line)
        if "open" in request:
            opener, packages = SYSTEMS[request["open"]]
            read, answer = _open(opener, packages, request)
        elif "read" in request and read is not None:
            answer = _timed(read, request["read"])
        else:
            answer = {"peak_mb": peak_mb(), "installed_mb": installed_mb(packages)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if "close" in request:
            return


def _open(opener: Callable[..., Read], packages: tuple[str, ...], request: Any) -> tuple[Read | None, dict[str, Any]]:
    try:
        read = opener(request["threads"], request["options"])
    except ImportError as error:
        return None, {"error": f"{error}", "missing": error.name or "a package"}
    except Exception as error:  # whatever it is, the other end has to know
        return None, {"error": f"{type(error).__name__}: {error}"}
    return read, {"versions": {"python": sys.version.split()[0]} | _versions(packages)}


def _timed(read: Read, path: str) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        lines, fields = read(path)
    except Exception as error:  # one picture that fails must not end the run
        return {"failed": f"{type(error).__name__}: {error}"}
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    return {"seconds": seconds, "cpu_seconds": cpu_seconds, "lines": lines, "fields": fields}


def peak_mb() -> float | None:
    """Largest resident set of this process so far, in MB (10^6 bytes); None where the system does not say."""
    peak = peak_rss()
    return None if peak is None else peak / 1e6


def installed_mb(packages: tuple[str, ...]) -> float:
    """Size on disk, in MB, of distributions and all they require."""
    return installed_bytes(packages) / 1e6


def _versions(packages: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = getattr(sys.modules.get(name), "__version__", "unknown")
    return found


if __name__ == "__main__":
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the system prints must not mix with the answers
    serve(sys.stdin, channel)
