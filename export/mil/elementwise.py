"""Operators that compute each value from the one in its place. After coremltools' ``mil/ops/defs`` (BSD-3-Clause)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from edgekit.errors import BundleError

Operands = Mapping[str, Any]
"""By the operator's parameters: float tensors as single precision, tuples of integers, Python's scalars and strings."""


def add(given: Operands) -> Tensor:
    """x + y."""
    return torch.add(given["x"], given["y"])


def sub(given: Operands) -> Tensor:
    """x - y."""
    return torch.sub(given["x"], given["y"])


def mul(given: Operands) -> Tensor:
    """x * y."""
    return torch.mul(given["x"], given["y"])


def greater(given: Operands) -> Tensor:
    """Whether x > y."""
    return torch.gt(given["x"], given["y"])


def exp(given: Operands) -> Tensor:
    """e to the power of x."""
    return torch.exp(given["x"])


def abs(given: Operands) -> Tensor:
    """The magnitude of x."""
    return torch.abs(given["x"])


def relu(given: Operands) -> Tensor:
    """max(x, 0)."""
    return F.relu(given["x"])


def clip(given: Operands) -> Tensor:
    """x held between alpha and beta."""
    return torch.clamp(given["x"], given["alpha"], given["beta"])


def gelu(given: Operands) -> Tensor:
    """x * Phi(x), Phi being the normal distribution. Only the exact mode is what our networks compute."""
    if given.get("mode", "EXACT") != "EXACT":
        raise BundleError(f"gelu: mode {given['mode']} is not known here; export with the exact one")
    return F.gelu(given["x"])


def sigmoid(given: Operands) -> Tensor:
    """1 / (1 + exp(-x))."""
    return torch.sigmoid(given["x"])


def silu(given: Operands) -> Tensor:
    """x / (1 + exp(-x))."""
    return F.silu(given["x"])


def sigmoid_hard(given: Operands) -> Tensor:
    """alpha * x + beta, held between 0 and 1."""
    return torch.clamp(given["x"] * given["alpha"] + given["beta"], 0, 1)


def thresholded_relu(given: Operands) -> Tensor:
    """x from alpha on, else 0."""
    x: Tensor = given["x"]
    return torch.where(x >= given["alpha"], x, torch.zeros_like(x))


def softmax(given: Operands) -> Tensor:
    """Exponentials along an axis, divided by their sum."""
    return F.softmax(given["x"], given["axis"])


def cast(given: Operands) -> Tensor:
    """x as another type; the interpreter rounds what stays a float."""
    x: Tensor = given["x"]
    return x.to(torch.int32) if given["dtype"] == "int32" else x.to(torch.float32)


OPERATORS = {
    function.__name__: function
    for function in (
        abs,
        add,
        exp,
        greater,
        mul,
        sub,
        relu,
        clip,
        gelu,
        sigmoid,
        silu,
        sigmoid_hard,
        thresholded_relu,
        softmax,
        cast,
    )
}
