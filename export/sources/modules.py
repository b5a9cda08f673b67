"""Torch modules: a folder that a transformers model was saved to, and any module with a file of its state.

Both become a ``Network``, which is what the targets lower, and, through ``torch.onnx``, a graph in ONNX.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import logging
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edgekit.errors import BackendError, BundleError
from edgekit.manifest import TensorSpec
from export.net import OPSET
from export.recipe import Checkpoint, TorchModule
from export.sources.disk import scratch

try:
    import torch
    from torch import Tensor, nn
except ImportError as error:
    raise BackendError("torch is not installed: pip install 'edgekit[train,export]'") from error

LACKING = re.compile(r"No ONNX function found for <OpOverload\(op='([\w.:]+)'")
NODE = re.compile(r"translating node %(\w+)")
"""In what torch.onnx says of an operator that ONNX lacks."""


class Network(nn.Module):
    """A module that takes tensors in the order of the recipe's inputs, and gives tensors alone."""

    def __init__(self, module: nn.Module, names: Sequence[str] = ()) -> None:
        """names: of the module's parameters, where it is not called by place."""
        super().__init__()
        self.module = module
        self.names = tuple(names)

    def forward(self, *inputs: Tensor) -> Any:
        found = self.module(**dict(zip(self.names, inputs, strict=True))) if self.names else self.module(*inputs)
        return found.logits if hasattr(found, "logits") else found


def load(weights: Checkpoint | TorchModule, members: Mapping[str, bytes], inputs: Sequence[TensorSpec]) -> Network:
    """The module with its weights, in evaluation mode. members: the recipe's files by path.

    Raises BackendError where a package is missing, BundleError where the weights are not those of the module.
    """
    if isinstance(weights, Checkpoint):
        network = Network(_pretrained(weights, members), [spec.name for spec in inputs])
        network.eval()
        return network
    module = _named(weights.factory)()
    try:
        module.load_state_dict(_state(members[weights.state.path], weights.state.path))
    except (RuntimeError, AttributeError) as error:
        raise BundleError(f"{weights.path}: is no state of {weights.factory} ({_line(error)})") from error
    module.eval()
    return Network(module)


def export_program(network: nn.Module, examples: Sequence[Tensor], axes: Sequence[Mapping[int, Any]]) -> Any:
    """torch's ExportedProgram. axes: per input, those that vary. Raises BundleError where the network defies it."""
    try:
        with quiet():
            return torch.export.export(network, tuple(examples), dynamic_shapes=(tuple(axes),), strict=False)
    except Exception as error:  # torch raises what its parts raise
        raise BundleError(f"torch.export cannot take this network: {_line(error)}") from error


def to_onnx(program: Any, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    """A graph in ONNX. Raises BundleError, which names the operator, where it has one that ONNX lacks."""
    if importlib.util.find_spec("onnxscript") is None:
        raise BackendError("onnxscript is not installed: pip install 'edgekit[train,export]'")
    try:
        with quiet():
            made: Any = torch.onnx.export(
                program, (), input_names=list(inputs), output_names=list(outputs), opset_version=OPSET, verbose=False
            )
            return bytes(made.model_proto.SerializeToString(deterministic=True))
    except Exception as error:
        raise BundleError(f"{_operator(error)} cannot be written in ONNX; express it in others") from error


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """torch and transformers warn of what they themselves use, print and draw bars."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            with contextlib.redirect_stdout(io.StringIO()):
                yield
    finally:
        logging.disable(level)


def _pretrained(weights: Checkpoint, members: Mapping[str, bytes]) -> Any:
    if importlib.util.find_spec("transformers") is None:
        raise BackendError("transformers is not installed: pip install 'edgekit[train,export]'")
    kind = _named(weights.model)
    with scratch({Path(file.path).name: members[file.path] for file in weights.files}) as folder:
        try:
            with quiet():
                model, report = kind.from_pretrained(folder, local_files_only=True, output_loading_info=True)
        except (OSError, ValueError, RuntimeError, KeyError, json.JSONDecodeError) as error:
            raise BundleError(f"{weights.path}: is no checkpoint of {weights.model} ({_line(error)})") from error
    missing = sorted(report["missing_keys"])
    if missing:
        raise BundleError(f"{weights.path}: has no weights for {missing[0]!r}; name the class that saved it")
    return model


def _state(data: bytes, where: str) -> Any:
    try:
        if where.endswith(".safetensors"):
            return importlib.import_module("safetensors.torch").load(data)
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except ImportError as error:
        raise BackendError("safetensors is not installed: pip install 'edgekit[train,export]'") from error
    except Exception as error:  # torch and safetensors raise errors of their own, of zip and of pickle
        raise BundleError(f"{where}: holds no state of a module ({_line(error)}); save one with torch.save") from error


def _named(path: str) -> Any:
    """What ``package.module:name`` names."""
    module, _, name = path.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BundleError(
            f"{path}: cannot be imported ({_line(error)}); name it 'package.module:function', found from the recipe"
        ) from error


def _operator(error: BaseException) -> str:
    """The operator and the node that an error, or one that caused it, complains of."""
    said, seen = [str(error)], error.__cause__
    while seen is not None:
        said.append(str(seen))
        seen = seen.__cause__
    names = [found[1] for found in map(LACKING.search, said) if found]
    nodes = [found[1] for found in map(NODE.search, said) if found]
    if not names:
        return f"this network ({_line(error)})"
    return f"operator {names[0]}" + (f" (node {nodes[0]!r})" if nodes else "")


def _line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
