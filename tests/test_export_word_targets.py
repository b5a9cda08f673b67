"""Networks on words for ExecuTorch and Core ML, run and compared. A tiny one, as lowering takes its time."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import word_nets
from word_nets import on_disk

from edgekit.errors import BundleError, UsageError
from edgekit.manifest import TensorSpec
from export import lowering, words
from export.lowering import WordJob, open_job
from export.recipe import TorchModule, WordRecipe
from export.sources import materials

torch: Any = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnxscript", reason="onnxscript is not installed")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordJob]:
    folder = tmp_path_factory.mktemp("words")
    (folder / "tiny_words.py").write_text(word_nets.TORCH, encoding="utf-8")
    sys.path.insert(0, str(folder))
    sys.modules.pop("tiny_words", None)
    torch.save(importlib.import_module("tiny_words").make().state_dict(), folder / "state.pt")
    file = on_disk(folder, "state.pt", (folder / "state.pt").read_bytes())
    recipe = word_nets.recipe(TorchModule("tiny_words:make", file))
    opened = open_job(recipe, materials(recipe, {file: (folder / "state.pt").read_bytes()}))
    assert isinstance(opened, WordJob)
    yield opened
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def executorch() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the engine's own imports
        pytest.importorskip("executorch.exir", reason="executorch is not installed")
        return importlib.import_module("export.targets.executorch_words")


@pytest.fixture(scope="module")
def attention(executorch: Any) -> Any:
    return importlib.import_module("export.targets.executorch_attention")


@pytest.fixture(scope="module")
def lowered(executorch: Any, job: WordJob) -> Any:
    return executorch.lower(job.recipe, job.built.network)


def test_a_program_has_a_method_for_each_size_and_does_what_torch_does(
    executorch: Any, lowered: Any, job: WordJob
) -> None:
    evidence = executorch.compare(job.recipe, job.built.original, lowered)
    assert lowered.graph.file == "words.pte"
    assert evidence.max_abs_difference <= 1e-4
    assert 0.9 <= evidence.delegated <= 1
    assert lowered.delegation.multiply_adds == 1
    names = dict(lowered.delegation.left_out)
    assert not {"aten.native_layer_norm", "aten.expand_copy"} & names.keys()


def test_an_executorch_program_that_differs_cannot_be_packed(executorch: Any, lowered: Any, job: WordJob) -> None:
    class Other:
        def run(self, *inputs: Any) -> Any:
            return tuple(value + 1 for value in job.built.original.run(*inputs))

    with pytest.raises(BundleError, match=r"words\.pte: differs from state\.pt by 1, more than 0\.001"):
        executorch.compare(job.recipe, Other(), lowered)


def test_another_precision_of_executorch_is_refused(executorch: Any, job: WordJob) -> None:
    with pytest.raises(BundleError, match=r"words\.pte: no int8 for executorch; ask for fp32"):
        executorch.lower(job.recipe, job.built.network, "int8")


def test_int8_of_executorch_is_the_fp32_program(lowered: Any, job: WordJob) -> None:
    """Nothing of it is quantized: the file is the same, so that it is not tried on receipts either."""
    graph = lowering.lower(job, "executorch", "int8").graph
    assert (graph.file, graph.precision) == (lowered.graph.file, "int8")
    assert graph.evidence.status == "passed"


@pytest.mark.parametrize("bias", [True, False])
def test_a_norm_by_matrices_is_the_norm(attention: Any, bias: bool) -> None:
    norm = torch.nn.LayerNorm(12, bias=bias)
    with torch.no_grad():
        for value in norm.parameters():
            value.uniform_(0.5, 2)
        x = 40 + torch.randn(3, 12)
        assert (attention.MatrixNorm(norm)(x) - norm(x)).abs().max() < 1e-4


def test_the_network_itself_stays_as_it_was(attention: Any, job: WordJob) -> None:
    changed = attention.with_matrix_norms(job.built.network)
    kinds = [type(part).__name__ for part in job.built.network.modules()]
    assert "LayerNorm" in kinds
    assert "LayerNorm" not in [type(part).__name__ for part in changed.modules()]


@pytest.fixture(scope="module")
def coreml() -> Any:
    pytest.importorskip("coremltools", reason="coremltools is not installed")
    return importlib.import_module("export.targets.coreml_words")


def test_a_program_takes_any_number_of_words_between_its_buckets(coreml: Any, job: WordJob) -> None:
    lowered = coreml.lower(job.recipe, job.built.network, "fp16")
    assert lowered.graph.file == "words_fp16.mlpackage.zip"
    evidence = coreml.compare(job.recipe, job.built.original, lowered.graph, lowered.data)
    assert evidence.max_abs_difference <= 0.05
    assert "reference interpreter" in evidence.machine
    assert coreml.lower(job.recipe, job.built.network, "fp16").data == lowered.data


def test_a_core_ml_program_that_differs_cannot_be_packed(coreml: Any, job: WordJob) -> None:
    class Other:
        def run(self, *inputs: Any) -> Any:
            return tuple(value + 1 for value in job.built.original.run(*inputs))

    lowered = coreml.lower(job.recipe, job.built.network, "fp32")
    with pytest.raises(BundleError, match=r"words_fp32\.mlpackage\.zip: differs from state\.pt by 1, more than 0\.001"):
        coreml.compare(job.recipe, Other(), lowered.graph, lowered.data)


def test_an_unknown_precision_is_refused(coreml: Any, job: WordJob) -> None:
    with pytest.raises(UsageError, match="precision 'int4': Core ML has fp32, fp16, int8, palette"):
        coreml.lower(job.recipe, job.built.network, "int4")


def test_a_network_that_torch_cannot_export_is_named(job: WordJob) -> None:
    class Branching(torch.nn.Module):  # type: ignore[misc]
        def forward(self, chars: Any, places: Any) -> Any:
            return places if bool(places.sum() > 0) else chars

    recipe: WordRecipe = job.recipe
    with pytest.raises(BundleError, match="torch.export cannot take this network: "):
        words.export_program(recipe, Branching())


def test_inputs_are_described_by_name(job: WordJob) -> None:
    assert job.built.net.inputs == [
        TensorSpec("chars", "int32", (1, "words", 4)),
        TensorSpec("places", "float32", (1, "words", 3)),
    ]
