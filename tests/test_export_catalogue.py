from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from edgekit.errors import BackendError, UsageError
from export.catalogue import TARGETS, jobs


@pytest.fixture
def only_onnx(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> Any:
        return None if name in ("torch", "torchao", "executorch", "coremltools") else honest(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: name)


def names(targets: list[str], precisions: list[str]) -> list[tuple[str, str]]:
    return [(target.name, precision) for target, precision in jobs(targets, precisions)]


@pytest.mark.usefixtures("everything")
def test_each_target_gets_the_precisions_it_has() -> None:
    assert names(["onnx"], ["fp32"]) == [("onnx", "fp32")]
    asked = names(["onnx", "coreml", "onnx"], ["int8", "fp16", "int8"])
    assert asked == [("onnx", "int8"), ("coreml", "int8"), ("coreml", "fp16")]
    assert names(["executorch"], ["int8"]) == [("executorch", "int8")]


@pytest.mark.usefixtures("everything")
def test_what_no_target_has_is_refused() -> None:
    with pytest.raises(UsageError, match="target onnx has no fp16: ask for one of fp32, int8"):
        jobs(["onnx"], ["fp16"])
    with pytest.raises(UsageError, match="no target asked for has fp16"):
        jobs(["onnx"], ["int8", "fp16"])


@pytest.mark.usefixtures("only_onnx")
@pytest.mark.parametrize(
    ("target", "precision", "extra"),
    [
        ("executorch", "fp32", "export,executorch"),
        ("executorch", "int8", "export,executorch"),
        ("coreml", "int8", "export,coreml"),
    ],
)
def test_a_missing_package_is_named_with_its_mend(target: str, precision: str, extra: str) -> None:
    with pytest.raises(BackendError) as caught:
        jobs([target], [precision])
    assert "not installed" in str(caught.value)
    assert f"pip install 'edgekit[{extra}]'" in str(caught.value)


@pytest.mark.parametrize(
    ("target", "precision", "stand_in"),
    [
        ("onnx", "int8", "fp32"),
        ("executorch", "int8", "fp32"),
        ("coreml", "int8", "fp16"),
        ("coreml", "palette", "fp16"),
        ("coreml", "fp16", "fp32"),
    ],
)
def test_the_next_precision_stands_in(target: str, precision: str, stand_in: str) -> None:
    assert TARGETS[target].instead_of(precision) == stand_in


@pytest.mark.usefixtures("everything")
def test_core_ml_has_single_precision_too() -> None:
    assert names(["coreml"], ["fp32"]) == [("coreml", "fp32")]
