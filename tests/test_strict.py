from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.errors import ManifestError
from edgekit.strict import MAY_LACK, Node, build, dump_json, freeze, load_json, to_plain

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))


@given(JSON)
def test_what_is_dumped_loads_again(value: Any) -> None:
    text = dump_json(value)
    assert load_json(text, "x").value == value
    assert load_json(text.encode(), "x").value == value
    assert text.endswith("\n")
    assert dump_json(freeze(value)) == text


@given(JSON)
def test_freezing_changes_no_content(value: Any) -> None:
    assert to_plain(freeze(value)) == value


@given(st.text() | st.binary())
def test_any_text_loads_or_is_refused(text: str | bytes) -> None:
    try:
        load_json(text, "x")
    except ManifestError as error:
        assert str(error).startswith("x: ")
        assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b'{"a": "\xff"}', "not UTF-8"),
        ("", "not JSON"),
        ("{", "not JSON"),
        ("\ufeff{}", "not JSON"),
        ('{"a": 1, "a": 1}', "'a' appears twice"),
        ('{"a": {"b": 1, "b": 2}}', "'b' appears twice"),
        ('{"a": NaN}', "NaN is not a finite number"),
        ('{"a": -Infinity}', "-Infinity is not a finite number"),
        ('{"a": 1e999}', "1e999 is not a finite number"),
        (r'{"a": "\ud800"}', "surrogate"),
        (r'{"\udfff": 1}', "surrogate"),
        ("[" * 200_000, "nested too deeply"),
    ],
)
def test_text_that_is_not_strict_json_is_refused(text: str | bytes, part: str) -> None:
    with pytest.raises(ManifestError, match=re.escape(part)) as caught:
        load_json(text, "m.json")
    assert str(caught.value).startswith("m.json: ")


@pytest.mark.parametrize("digits", [400, 5000])
def test_integers_beyond_a_float_are_refused_as_numbers(digits: int) -> None:
    with pytest.raises(ManifestError, match=r"^m: .*(not a finite number|not JSON)"):
        load_json(f'{{"a": {"9" * digits}}}', "m").members(["a"])["a"].number()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"x", object(), {"a": {1, 2}}])
def test_what_json_cannot_say_is_not_dumped(value: Any) -> None:
    with pytest.raises(ManifestError, match="cannot be written as JSON"):
        dump_json(value)


def test_keys_are_sorted_and_text_is_readable() -> None:
    assert dump_json({"b": 1, "a": "€"}) == '{\n  "a": "€",\n  "b": 1\n}\n'


def test_frozen_values_cannot_be_changed() -> None:
    frozen = freeze({"a": [1, {"b": 2}]})
    with pytest.raises(TypeError):
        frozen["a"] = 1
    with pytest.raises(TypeError):
        frozen["a"][1]["b"] = 3
    assert isinstance(frozen["a"], tuple)


def test_freezing_copies() -> None:
    source = {"a": [1]}
    frozen = freeze(source)
    source["a"].append(2)
    assert frozen["a"] == (1,)


def test_paths_name_the_value_at_fault() -> None:
    root = load_json('{"a": {"b.c": [0, {"d": 1}]}}', "m.json")
    inner = root.members(["a"])["a"].mapping()["b.c"].items()[1]
    with pytest.raises(ManifestError, match=re.escape("m.json: a['b.c'][1].d: 1 is not a string; write a string")):
        inner.members(["d"])["d"].text()
    with pytest.raises(ManifestError, match=re.escape("a['b.c'][1].d: unknown key; remove it (known keys: e)")):
        inner.members(["e"])
    with pytest.raises(ManifestError, match=re.escape("a['b.c'][1].e: missing; add this key")):
        inner.members(["d", "e"])


WRONG: list[tuple[Any, Any]] = [
    ([], Node.mapping),
    (None, Node.mapping),
    ({}, Node.items),
    ("ab", Node.items),
    (1, Node.text),
    ("", Node.text),
    ("A", lambda node: node.matching(re.compile("[a-z]"), "a letter")),
    ("a\n", lambda node: node.matching(re.compile("[a-z]$"), "a letter")),
    (1, lambda node: node.matching(re.compile("1"), "a digit")),
    ("c", lambda node: node.one_of(("a", "b"))),
    (True, Node.integer),
    (1.0, Node.integer),
    ("1", Node.integer),
    (1, lambda node: node.integer(2)),
    (False, Node.number),
    ("1", Node.number),
    (10**400, Node.number),
    (float("inf"), Node.number),
    (-0.5, lambda node: node.number(0)),
    (1, Node.boolean),
    (0, lambda node: node.optional(Node.text)),
]


@pytest.mark.parametrize(("value", "read"), WRONG)
def test_each_kind_refuses_other_kinds(value: Any, read: Any) -> None:
    with pytest.raises(ManifestError, match=r"^m: k\[0\]: .+; .+"):
        read(Node(value, "k[0]", "m"))


def test_each_kind_reads_its_own() -> None:
    assert Node("", "", "").text(empty=True) == ""
    assert Node("b", "", "").one_of(("a", "b")) == "b"
    assert Node("b", "", "").matching(re.compile("[a-z]"), "") == "b"
    assert Node(2, "", "").integer(2) == 2
    assert isinstance(Node(2, "", "").number(2), float)
    assert Node(False, "", "").boolean() is False
    assert Node(None, "", "").optional(Node.text) is None
    assert Node("x", "", "").optional(Node.text) == "x"


def test_long_values_are_cut_in_errors() -> None:
    with pytest.raises(ManifestError) as caught:
        Node("x" * 1000, "", "m").integer()
    assert len(str(caught.value)) < 120


@dataclass(frozen=True, slots=True)
class Sample:
    count: int
    ratio: float
    flag: bool
    word: str
    sizes: tuple[int, ...]
    means: tuple[float, float, float]
    rows: tuple[tuple[str, ...], ...]
    limit: int | None
    free: Mapping[str, Any]
    weights: Mapping[str, float]
    default: int = 3

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(f"count is {self.count}, below 0")


GOOD: dict[str, Any] = {
    "count": 1,
    "ratio": 2,
    "flag": True,
    "word": "",
    "sizes": [1, 2],
    "means": [0.5, 1, 2.5],
    "rows": [["a"], []],
    "limit": None,
    "free": {"x": [1, {"y": None}]},
    "weights": {"a": 1},
    "default": 4,
}


def test_build_reads_every_field_type() -> None:
    built = build(Sample, Node(GOOD, "", "m"))
    assert (built.count, built.flag, built.word, built.sizes, built.limit) == (1, True, "", (1, 2), None)
    assert isinstance(built.ratio, float)
    assert built.means == (0.5, 1.0, 2.5)
    assert all(isinstance(mean, float) for mean in built.means)
    assert built.rows == (("a",), ())
    assert to_plain(built.free) == GOOD["free"]
    assert built.weights == {"a": 1.0}
    assert to_plain(built) == GOOD
    assert build(Sample, Node(freeze(GOOD), "", "m")) == built
    assert build(Sample, Node({**GOOD, "limit": 7}, "", "m")).limit == 7


@pytest.mark.parametrize("name", list(GOOD))
def test_build_wants_every_field_even_with_a_default(name: str) -> None:
    with pytest.raises(ManifestError, match=f"^m: {name}: missing"):
        build(Sample, Node({key: value for key, value in GOOD.items() if key != name}, "", "m"))


@dataclass(frozen=True)
class Later:
    size: int
    name: str | None = field(default=None, metadata=MAY_LACK)


def test_build_does_without_a_field_that_came_later() -> None:
    assert build(Later, Node({"size": 1}, "", "m")) == Later(1)
    assert build(Later, Node({"size": 1, "name": "a"}, "", "m")) == Later(1, "a")
    for wrong, said in (({"name": "a"}, "size: missing"), ({"size": 1, "name": 2}, "name: 2 is not a string")):
        with pytest.raises(ManifestError, match=said):
            build(Later, Node(wrong, "", "m"))
    with pytest.raises(ManifestError, match=r"more: unknown key; remove it \(known keys: size, name\)"):
        build(Later, Node({"size": 1, "more": 1}, "", "m"))


def test_build_refuses_an_unknown_key() -> None:
    with pytest.raises(ManifestError, match="^m: more: unknown key"):
        build(Sample, Node({**GOOD, "more": 1}, "", "m"))


BAD: list[tuple[str, Any]] = [
    ("count", True),
    ("count", 1.5),
    ("count", "1"),
    ("count", -1),
    ("ratio", True),
    ("ratio", None),
    ("flag", 0),
    ("word", 0),
    ("sizes", 1),
    ("sizes", [True]),
    ("sizes", "12"),
    ("means", [1, 2]),
    ("means", [1, 2, "3"]),
    ("rows", ["a"]),
    ("limit", "x"),
    ("free", []),
    ("weights", {"a": "b"}),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_build_refuses_wrong_types_and_names_them(name: str, value: Any) -> None:
    with pytest.raises(ManifestError, match=name):
        build(Sample, Node({**GOOD, name: value}, "", "m"))


def test_build_knows_what_it_cannot_read() -> None:
    @dataclass(frozen=True)
    class Odd:
        value: bytes

    with pytest.raises(TypeError, match="value"):
        build(Odd, Node({"value": "x"}, "", "m"))
