"""Strict JSON: every value is checked where it is read, and an error names the path of the value at fault."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import typing
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from edgekit.errors import ManifestError

T = TypeVar("T")
MAY_LACK = {"may_lack": True}
"""Metadata of a dataclass's field that has a default and came later than documents that are still read."""
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def load_json(text: str | bytes, where: str) -> Node:
    """The root of a JSON document.

    Raises ManifestError for anything that is not UTF-8 JSON, and for what JSON parsers read differently: a duplicate
    key, NaN or infinity, a number beyond the range of a 64-bit float, half of a surrogate pair.
    """
    root = Node(None, "", where)
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        value = json.loads(
            decoded,
            object_pairs_hook=lambda pairs: _unique(pairs, root),
            parse_constant=lambda name: _finite(name, root),
            parse_float=lambda number: _finite(number, root),
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise root.error("a string holds half of a surrogate pair", "write whole characters") from error
    except UnicodeDecodeError as error:
        raise root.error(f"not UTF-8 (byte {error.start})", "save the file as UTF-8") from error
    except RecursionError as error:
        raise root.error("nested too deeply", "a manifest is at most a few levels deep") from error
    except ValueError as error:
        raise root.error(f"not JSON ({error})", "write valid JSON") from error
    return Node(value, "", where)


def dump_json(value: Any) -> str:
    """Deterministic JSON of ``to_plain(value)``: indent 2, one newline at the end.

    Raises ManifestError for what JSON cannot say (NaN, bytes, numpy numbers).
    """
    try:
        return json.dumps(to_plain(value), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    except (TypeError, ValueError) as error:
        raise ManifestError(f"cannot be written as JSON ({error}); use strings and plain finite numbers") from error


def freeze(value: Any) -> Any:
    """A copy no caller can change: mappings become read-only, lists become tuples, all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(member) for key, member in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    return value


def to_plain(value: Any) -> Any:
    """Plain JSON types: dataclasses as dicts in field order, mappings sorted by key, tuples as lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: to_plain(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return value


class Node:
    """A JSON value, its path in the document (``stages.detect.graphs[0].file``) and the document's name."""

    __slots__ = ("path", "value", "where")

    def __init__(self, value: Any, path: str, where: str) -> None:
        self.value = value
        self.path = path
        self.where = where

    def error(self, problem: str, mend: str) -> ManifestError:
        """The error to raise: document, path, what is wrong, how to mend it."""
        place = f"{self.where}: {self.path}" if self.path else self.where
        return ManifestError(f"{place}: {problem}; {mend}")

    def members(self, keys: Collection[str], may_have: Collection[str] = ()) -> dict[str, Node]:
        """The members of an object that has exactly ``keys``, or some of ``may_have``, too."""
        found, known = self.mapping(), [*keys, *may_have]
        for key in found:
            if key not in known:
                raise found[key].error("unknown key", f"remove it (known keys: {', '.join(known)})")
        for key in keys:
            if key not in found:
                raise self._child(key).error("missing", "add this key")
        return found

    def mapping(self) -> dict[str, Node]:
        """The members of an object with keys of its own choice."""
        if not isinstance(self.value, Mapping):
            raise self._wrong("an object")
        return {key: self._child(key, member) for key, member in self.value.items()}

    def items(self) -> tuple[Node, ...]:
        """The items of an array."""
        if not isinstance(self.value, (list, tuple)):
            raise self._wrong("an array")
        return tuple(Node(item, f"{self.path}[{i}]", self.where) for i, item in enumerate(self.value))

    def text(self, empty: bool = False) -> str:
        """A string, not empty unless ``empty``."""
        if not isinstance(self.value, str):
            raise self._wrong("a string")
        if not self.value and not empty:
            raise self.error("empty string", "write at least one character")
        return self.value

    def matching(self, pattern: re.Pattern[str], what: str) -> str:
        """A string that ``pattern`` matches as a whole."""
        if not pattern.fullmatch(self.text(empty=True)):
            raise self._wrong(what)
        return self.text()

    def one_of(self, choices: Collection[str]) -> str:
        """One of the given strings."""
        if self.text(empty=True) not in choices:
            raise self._wrong(f"one of {', '.join(choices)}")
        return self.text(empty=True)

    def integer(self, minimum: int | None = None) -> int:
        """An integer; true, false and 1.0 are not."""
        if type(self.value) is not int:
            raise self._wrong("an integer")
        if minimum is not None and self.value < minimum:
            raise self.error(f"{self.value} is too small", f"write at least {minimum}")
        return self.value

    def number(self, minimum: float | None = None) -> float:
        """A finite number; an integer is taken as a float."""
        if type(self.value) not in (int, float):
            raise self._wrong("a number")
        try:
            number = float(self.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.error("not a finite number", "write one that a 64-bit float can hold")
        if minimum is not None and number < minimum:
            raise self.error(f"{number} is too small", f"write at least {minimum}")
        return number

    def boolean(self) -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            raise self._wrong("true or false")
        return self.value

    def optional(self, read: Callable[[Node], T]) -> T | None:
        """None for null, else what ``read`` makes of it."""
        return None if self.value is None else read(self)

    def _child(self, key: str, value: Any = None) -> Node:
        if not _PLAIN_KEY.fullmatch(key):
            return Node(value, f"{self.path}[{key!r}]", self.where)
        return Node(value, f"{self.path}.{key}" if self.path else key, self.where)

    def _wrong(self, expected: str) -> ManifestError:
        shown = repr(to_plain(self.value))
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        return self.error(f"{shown} is not {expected}", f"write {expected}")


def build(cls: type[T], node: Node) -> T:
    """A dataclass from an object whose keys are exactly the fields of ``cls``.

    Field types: int, float, bool, str, dataclasses, tuples of those, ``Mapping[str, T]``, Any, any of them ``| None``.
    A default does not make a key optional: what is written down is complete, but for fields marked MAY_LACK. A
    ValueError of ``cls`` itself (a range checked in ``__post_init__``) becomes a ManifestError. Raises TypeError for a
    field type not listed here.
    """
    hints = typing.get_type_hints(cls)
    kinds = {field.name: field.metadata == MAY_LACK for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    needed, others = ([name for name, may_lack in kinds.items() if may_lack is kind] for kind in (False, True))
    members = node.members(needed, others)
    values = {name: _convert(members[name], hints[name]) for name in kinds if name in members}
    try:
        return cls(**values)
    except ValueError as error:
        raise node.error(str(error), "correct the value") from error


def _convert(node: Node, hint: Any) -> Any:
    if hint is Any:
        return freeze(node.value)
    if hint in _READ:
        return _READ[hint](node)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return build(hint, node)
    arguments = typing.get_args(hint)
    if type(None) in arguments and len(arguments) == 2:
        return node.optional(lambda inner: _convert(inner, arguments[arguments[0] is type(None)]))
    origin = typing.get_origin(hint) or hint
    if origin is tuple and arguments:
        return _convert_tuple(node, arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = arguments[1] if arguments else Any
        return MappingProxyType({key: _convert(member, inner) for key, member in node.mapping().items()})
    raise TypeError(f"{node.path}: a field of type {hint} cannot be read from JSON")


_READ: dict[Any, Callable[[Node], Any]] = {
    int: Node.integer,
    float: Node.number,
    bool: Node.boolean,
    str: lambda node: node.text(empty=True),
}


def _convert_tuple(node: Node, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    items = node.items()
    if arguments[-1] is Ellipsis:
        return tuple(_convert(item, arguments[0]) for item in items)
    if len(items) != len(arguments):
        raise node.error(f"has {len(items)} items", f"write {len(arguments)}")
    return tuple(_convert(item, argument) for item, argument in zip(items, arguments, strict=True))


def _unique(pairs: list[tuple[str, Any]], root: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise root.error(f"the key {key!r} appears twice in one object", "keep one of them")
        found[key] = value
    return found


def _finite(number: str, root: Node) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise root.error(f"{number} is not a finite number", "write one that a 64-bit float can hold")
    return value
