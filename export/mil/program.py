"""A saved program, read: operators in order, and their constants. Format: coremltools' ``MIL.proto``, MILBlob 2."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit.backends.coreml import MODEL, WEIGHTS, read_package
from edgekit.errors import BackendError, BundleError

try:
    from coremltools.proto import MIL_pb2, Model_pb2
except ImportError as error:
    raise BackendError("coremltools is not installed: pip install edgekit[coreml]") from error

DTYPES = {
    "BOOL": "bool",
    "FLOAT16": "float16",
    "FLOAT32": "float32",
    "INT8": "int8",
    "INT32": "int32",
    "UINT8": "uint8",
    "UINT32": "uint32",
}
"""MIL's name of a type to numpy's; strings are Python's."""
BLOB = struct.Struct("<IIQQ")
"""At a blob's offset: mark, type, bytes, where they start."""
MARK = 0xDEADBEEF


@dataclass(frozen=True, slots=True)
class Operation:
    """inputs: per parameter, the names of its values. attributes: values that are part of the operator itself.

    outputs: name and type (numpy's name, or "STRING").
    """

    kind: str
    inputs: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, Any]
    outputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Program:
    """inputs and outputs by name; sizes: (height, width) of the pictures that the model says it takes."""

    where: str
    inputs: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    outputs: tuple[str, ...]
    operations: tuple[Operation, ...]


def read_program(data: bytes, where: str) -> Program:
    """The main function of a zipped ``.mlpackage``. Raises BundleError where it is none, or has unknown types."""
    return parse_program(read_package(data, where), where)


def parse_program(files: Mapping[str, bytes], where: str) -> Program:
    """The same, from the files of a package by their names in it."""
    model = parse_model(files, where)
    function = model.mlProgram.functions.get("main")
    if function is None or function.opset not in function.block_specializations:
        raise BundleError(f"{where}: holds no ML program; export it with convert_to='mlprogram'")
    block = function.block_specializations[function.opset]
    reader = _Values(files[WEIGHTS], where)
    image = model.description.input[0].type.imageType
    return Program(
        where,
        tuple(item.name for item in function.inputs),
        tuple((size.height, size.width) for size in image.enumeratedSizes.sizes),
        tuple(block.outputs),
        tuple(reader.operation(item) for item in block.operations),
    )


def parse_model(files: Mapping[str, bytes], where: str) -> Any:
    """coremltools' specification of a package. Raises BundleError where it cannot be read."""
    model = Model_pb2.Model()
    try:
        model.ParseFromString(files[MODEL])
    except Exception as error:  # protobuf's DecodeError has moved between its versions
        raise BundleError(f"{where}: the model's specification cannot be read ({error}); export it again") from error
    return model


class _Values:
    """Values that lie in the program, or in the file of weights beside it."""

    def __init__(self, weights: bytes, where: str) -> None:
        self._weights = weights
        self._where = where

    def operation(self, item: Any) -> Operation:
        inputs = {key: tuple(part.name for part in argument.arguments) for key, argument in item.inputs.items()}
        attributes = {key: self._value(value) for key, value in item.attributes.items()}
        outputs = tuple((out.name, _type_name(out.type)) for out in item.outputs)
        return Operation(item.type, inputs, attributes, outputs)

    def _value(self, value: Any) -> Any:
        kind = _type_name(value.type)
        if kind == "STRING":
            return str(value.immediateValue.tensor.strings.values[0])
        if kind not in DTYPES.values():
            raise BundleError(f"{self._where}: constants of type {kind} are not read here; export another precision")
        shape = tuple(dim.constant.size for dim in value.type.tensorType.dimensions)
        if value.WhichOneof("value") == "blobFileValue":
            return np.frombuffer(self._blob(value.blobFileValue.offset), kind).reshape(shape)
        tensor = value.immediateValue.tensor
        values = getattr(tensor, tensor.WhichOneof("value")).values
        if isinstance(values, bytes):
            return np.frombuffer(values, kind).reshape(shape)
        return np.array(values, kind).reshape(shape)

    def _blob(self, offset: int) -> bytes:
        try:
            mark, _, size, start = BLOB.unpack_from(self._weights, offset)
        except struct.error:
            mark, size, start = 0, 0, 0
        if mark != MARK or start + size > len(self._weights):
            raise BundleError(f"{self._where}: the file of weights is damaged; export it again")
        return self._weights[start : start + size]


def _type_name(proto: Any) -> str:
    name: str = MIL_pb2.DataType.Name(proto.tensorType.dataType)
    return DTYPES.get(name, name)
