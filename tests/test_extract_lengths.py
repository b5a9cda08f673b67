"""Weights are as many as what they weigh, or the extractor does not open."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, cast

import pytest
from printed import lexicon, params

from edgekit.errors import ManifestError
from edgekit.extract import Extractor
from edgekit.extract.lengths import JOINED, RULED, check_lengths
from edgekit.extract.params import ExtractParams, JointWeights, RuleWeights

PARTS = ("", "rules", "joint")
WEIGHTS = [(part, name) for part in PARTS for name in (JOINED if part == "joint" else RULED)]


def with_length(part: str, name: str, change: int) -> ExtractParams:
    """The constants with one weight more, or fewer, of a name."""
    owner: Any = getattr(params(), part) if part else params()
    own = getattr(owner, name)
    changed = replace(owner, **{name: (*own, 1.0)[: len(own) + change]})
    whole: Any = params()
    return cast(ExtractParams, replace(whole, **{part: changed}) if part else changed)


def test_the_weights_in_use_are_complete() -> None:
    check_lengths(params(), "params")


def test_all_weights_are_checked() -> None:
    for cls, names in ((ExtractParams, RULED), (RuleWeights, RULED), (JointWeights, JOINED)):
        assert {field.name for field in fields(cls) if "tuple" in str(field.type)} == set(names)


@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize(("part", "name"), WEIGHTS)
def test_a_wrong_length_is_told_when_the_extractor_opens(part: str, name: str, change: int) -> None:
    wrong = with_length(part, name, change)
    count = len(RULED[name] if part != "joint" else JOINED[name])
    with pytest.raises(ManifestError) as caught:
        Extractor(wrong, lexicon())
    place = ".".join(filter(None, ("params", part, name)))
    assert str(caught.value) == f"{place}: has {count + change} weights; write {count}"
