"""The adapter's own code, on any system: a stand-in for coremltools' model answers with onnxruntime's outputs."""

from __future__ import annotations

import gc
import io
import sys
import types
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from edgekit.backends import coreml
from edgekit.errors import BackendError, BundleError
from edgekit.manifest import Evidence, Graph, TensorSpec

EVIDENCE = Evidence("not run", "a test")
IMAGE = TensorSpec("image", "uint8", (1, "height", "width", 3))
HEAT = TensorSpec("heat", "float32", (1, "height", "width"))
LINES = TensorSpec("lines", "uint8", ("lines", 8, "width", 3))
INDICES = TensorSpec("indices", "int32", ("lines", "steps"))
DETECT = Graph("coreml", "fp16", "detect.mlpackage.zip", (IMAGE,), (HEAT,), EVIDENCE)
RECOGNIZE = Graph("coreml", "fp16", "recognize.mlpackage.zip", (LINES,), (INDICES,), EVIDENCE)
Predict = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass
class Named:
    name: str
    type: Any = None


def package(names: list[str] | None = None, method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name in names or [f"x.mlpackage/{member}" for member in coreml.MEMBERS]:
            archive.writestr(name, name)
    return out.getvalue()


def engine(monkeypatch: pytest.MonkeyPatch, graph: Graph, predict: Predict, sizes: list[tuple[int, int]]) -> list[Path]:
    """Puts a coremltools with this one model in place; gives the folders from which it was loaded."""
    loaded: list[Path] = []
    space = types.SimpleNamespace

    class MLModel:
        def __init__(self, path: str) -> None:
            loaded.append(Path(path))
            assert {file for file in coreml.MEMBERS if Path(path, file).is_file()} == set(coreml.MEMBERS)

        def get_spec(self) -> Any:
            listed = [space(height=height, width=width) for height, width in sizes]
            image = space(imageType=space(enumeratedSizes=space(sizes=listed)))
            inputs = [Named(spec.name, image) for spec in graph.inputs]
            return space(description=space(input=inputs, output=[Named(spec.name) for spec in graph.outputs]))

        def predict(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
            return predict(given)

    monkeypatch.setattr(coreml, "ON_MACOS", True)
    monkeypatch.setitem(sys.modules, "coremltools", space(models=space(MLModel=MLModel)))
    return loaded


def brightness(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A heat map that tells which pixels arrived, and in which order of colours."""
    assert isinstance(given["image"], Image.Image)
    assert given["image"].mode == "RGB"
    return {"heat": np.asarray(given["image"])[None, :, :, 0] / 255}


def picture(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(height).integers(0, 256, (1, height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("size", [(32, 64), (64, 64), (32, 32), (40, 50)])
def test_a_picture_is_filled_up_to_a_listed_size_and_the_map_cut_back(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    seen: list[Image.Image] = []

    def predict(given: Mapping[str, Any]) -> Mapping[str, Any]:
        seen.append(given["image"])
        return brightness(given)

    loaded = engine(monkeypatch, DETECT, predict, [(64, 96), (64, 64), (32, 64)])
    pixels = picture(*size)
    (heat,) = coreml.load(DETECT, package(), 1).run(pixels)
    assert heat.dtype == np.float32
    np.testing.assert_array_equal(heat, (pixels[..., 0] / 255).astype(np.float32))
    assert (seen[0].height, seen[0].width) == {(32, 32): (32, 64), (40, 50): (64, 64)}.get(size, size)
    assert set(np.asarray(seen[0])[size[0] :].ravel().tolist()) <= {coreml.PAPER}
    assert loaded[0].suffix == ".mlpackage"


def test_the_unpacked_package_goes_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = engine(monkeypatch, DETECT, brightness, [(32, 32)])
    session = coreml.load(DETECT, package(), 1)
    assert loaded[0].is_dir()
    del session
    gc.collect()
    assert not loaded[0].exists()


def test_lines_are_run_one_by_one_at_listed_widths(monkeypatch: pytest.MonkeyPatch) -> None:
    def predict(given: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"indices": np.asarray(given["lines"])[None, 0, ::8, 0].astype(np.float32)}

    engine(monkeypatch, RECOGNIZE, predict, [(8, 16), (8, 32)])
    session = coreml.load(RECOGNIZE, package(), 1)
    pixels = np.concatenate([picture(8, 32), picture(8, 32)[:, ::-1]])
    (indices,) = session.run(pixels)
    assert indices.dtype == np.int32
    np.testing.assert_array_equal(indices, pixels[:, 0, ::8, 0])
    with pytest.raises(BackendError, match=r"no picture of 8 x 24 pixels .*; the nearest is 8 x 16"):
        session.run(picture(8, 24))


WORDS = Graph(
    "coreml",
    "fp16",
    "extract.mlpackage.zip",
    (TensorSpec("chars", "int32", (1, "words", 4)), TensorSpec("places", "float32", (1, "words", 3))),
    (TensorSpec("scores", "float32", (1, "words", 1)),),
    Evidence("not run", "for tests"),
)


def test_arrays_go_in_by_name_and_come_out_in_their_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def predict(given: Mapping[str, Any]) -> Mapping[str, Any]:
        assert list(given) == ["chars", "places"]
        return {"scores": given["places"][:, :, :1].astype(np.float16) + given["chars"][:, :, :1]}

    engine(monkeypatch, WORDS, predict, [])
    session = coreml.load(WORDS, package(), 1)
    chars, places = np.full((1, 8, 4), 2, np.int32), np.ones((1, 8, 3), np.float32)
    (scores,) = session.run(chars, places)
    assert scores.dtype == np.float32
    np.testing.assert_array_equal(scores, np.full((1, 8, 1), 3))
    with pytest.raises(BackendError, match=r"extract.mlpackage.zip: 1 inputs given; pass 'chars' and 'places' alone"):
        session.run(chars)


def test_a_picture_that_fits_nowhere_is_refused_with_the_nearest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch, DETECT, brightness, [(64, 96), (128, 64)])
    with pytest.raises(BackendError, match=r"detect.mlpackage.zip: .*128 x 96 .*the nearest is 128 x 64"):
        coreml.load(DETECT, package(), 1).run(picture(128, 96))


def test_a_model_without_sizes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch, DETECT, brightness, [])
    with pytest.raises(BackendError, match="lists no sizes; export the bundle again"):
        coreml.load(DETECT, package(), 1).run(picture(32, 32))


def test_a_failure_of_the_engine_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def predict(given: Mapping[str, Any]) -> Mapping[str, Any]:
        raise RuntimeError("no room\nat all")

    engine(monkeypatch, DETECT, predict, [(32, 32)])
    with pytest.raises(BackendError, match=r"^Core ML failed: no room$"):
        coreml.load(DETECT, package(), 1).run(picture(32, 32))


def test_a_model_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise RuntimeError

    engine(monkeypatch, DETECT, brightness, [])
    monkeypatch.setattr(sys.modules["coremltools"].models, "MLModel", refuse)
    with pytest.raises(BundleError, match=r"detect.mlpackage.zip: Core ML cannot load this graph \(RuntimeError\)"):
        coreml.load(DETECT, package(), 1)


def test_other_names_than_the_manifests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch, RECOGNIZE, brightness, [(32, 32)])
    with pytest.raises(BundleError, match="the manifest names other inputs or outputs"):
        coreml.load(DETECT, package(), 1)


def test_elsewhere_than_on_macos_the_way_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coreml, "ON_MACOS", False)
    with pytest.raises(BackendError, match="Core ML runs on macOS only; use --backend onnxruntime"):
        coreml.load(DETECT, package(), 1)


def test_a_missing_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coreml, "ON_MACOS", True)
    monkeypatch.setitem(sys.modules, "coremltools", None)
    with pytest.raises(BackendError, match=r"pip install edgekit\[coreml\]"):
        coreml.load(DETECT, package(), 1)


@pytest.mark.parametrize(
    "data",
    [
        package(["a/../../evil", *(f"a/{name}" for name in coreml.MEMBERS)]),
        package([f"/{name}" for name in coreml.MEMBERS] + ["/x/evil"]),
        package([f"a/{name}" for name in coreml.MEMBERS[:2]]),
        package([f"{top}/{name}" for top, name in zip("aab", coreml.MEMBERS, strict=True)]),
        package(method=zipfile.ZIP_DEFLATED),
    ],
    ids=["a way out", "one more", "one less", "two folders", "packed"],
)
def test_a_zip_with_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError, match="g.zip: is not a zipped .mlpackage as EdgeKit exports it"):
        coreml.read_package(data, "g.zip")


@pytest.mark.parametrize("data", [b"", package()[:-30], package().replace(b"x.mlpackage/Man", b"x.mlpackage/Nam", 1)])
def test_a_damaged_zip_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError, match="g.zip: "):
        coreml.read_package(data, "g.zip")
