"""Reading again: which lines, which of both readings is kept, and readers with and without the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from PIL import Image
from places import EXAMPLE
from test_scan import BARS, PARAMS, FakeDetector, FakeRecognizer, page

from edgekit import reader as reading
from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import ManifestError, MissingGraphError
from edgekit.image import crop, turn
from edgekit.manifest import Stage, parse_params
from edgekit.reader import Reader
from edgekit.reread import Rereader, RereadParams
from edgekit.scan import Scan, Scanner
from edgekit.session import Session, open_session
from edgekit.timings import Timings
from edgekit.types import Quad, TextLine

PLAIN: dict[str, Any] = {"lines": 3, "confidence": 0.9, "most": 9, "batch": 1, "precision": "int8"}
BLANK = Image.new("RGB", (9, 9), "white")


class Second:
    """A recogniser that says the same of every line, or what it is told of one by its top; it notes their tops."""

    def __init__(self, text: str = "again", confidence: float = 0.95, **told: tuple[str, float]) -> None:
        self.tops: list[int] = []
        self._usual, self._told = (text, confidence), told

    def read(self, image: Image.Image, quads: Sequence[Quad]) -> list[TextLine]:
        tops = [int(quad.top_left[1]) for quad in quads]
        self.tops += tops
        said = [self._told.get(f"top{top}", self._usual) for top in tops]
        return [TextLine(text, quad, sure) for (text, sure), quad in zip(said, quads, strict=True)]


def lines(*confidences: float) -> list[TextLine]:
    """One below the other, with the number of each as its text and its top."""
    return [TextLine(str(i), Quad((0, i), (9, i), (9, i + 1), (0, i + 1)), sure) for i, sure in enumerate(confidences)]


def read(second: Second, first: Sequence[TextLine], order: Sequence[int], **changes: Any) -> list[TextLine]:
    return Rereader(second, RereadParams(**(PLAIN | changes))).read(BLANK, first, order)  # type: ignore[arg-type]


# which lines


def test_doubtful_lines_among_the_first_are_read_again_and_no_others() -> None:
    second, first = Second(), lines(0.5, 0.4, 0.9, 0.6, 0.1)
    found = read(second, first, [2, 0, 3, 1, 4])  # the first is sure enough, the last two are too far down
    assert second.tops == [0, 3]
    assert [line.text for line in found] == ["again", "1", "2", "again", "4"]
    assert [line.quad for line in found] == [line.quad for line in first]
    assert [line.text for line in first] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(("most", "tops"), [(0, []), (1, [0]), (2, [0, 3]), (9, [0, 3, 1])])
def test_no_more_are_read_again_than_may_be(most: int, tops: list[int]) -> None:
    second = Second()
    read(second, lines(0.5, 0.4, 0.9, 0.6, 0.1), [2, 0, 3, 1, 4], lines=4, most=most)
    assert second.tops == tops


def test_without_doubt_nothing_is_read_again() -> None:
    second, first = Second(), lines(0.9, 0.99)
    assert read(second, first, [1, 0]) == first
    assert read(second, lines(0.1), [0], lines=0) == lines(0.1)
    assert read(second, [], []) == []
    assert second.tops == []


def test_the_surer_reading_is_kept_and_never_one_without_text() -> None:
    second = Second(top0=("less", 0.4), top1=("as much", 0.5), top2=("more", 0.51), top3=("", 1.0))
    found = read(second, lines(0.5, 0.5, 0.5, 0.5), [0, 1, 2, 3], lines=4)
    assert [(line.text, line.confidence) for line in found] == [("0", 0.5), ("1", 0.5), ("more", 0.51), ("3", 0.5)]


# constants


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lines": 3.0}, "here: lines: 3.0 is not an integer"),
        ({"most": True}, "here: most: True is not an integer"),
        ({"confidence": "0.9"}, "here: confidence: '0.9' is not a number"),
        ({"precision": 8}, "here: precision: 8 is not a string"),
        ({"more": 1}, "here: more: unknown key"),
        ({"lines": -1}, "here: lines and most have to be at least 0, batch at least 1"),
        ({"most": -1}, "here: lines and most have to be at least 0, batch at least 1"),
        ({"batch": 0}, "here: lines and most have to be at least 0, batch at least 1"),
        ({"precision": ""}, "and precision a name; correct the value"),
    ],
)
def test_wrong_constants_are_told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse_params(RereadParams, PLAIN | changes, "here")
    assert told in str(caught.value)


def test_a_constant_that_is_missing_is_told() -> None:
    with pytest.raises(ManifestError, match="here: confidence: missing"):
        parse_params(RereadParams, {key: value for key, value in PLAIN.items() if key != "confidence"}, "here")
    assert parse_params(RereadParams, PLAIN, "here") == RereadParams(3, 0.9, 9, 1, "int8")


# scanner


class Upright(Second):
    """Sure of what starts red, as ``FakeRecognizer`` is; so it tells whether it is given lines the right way up."""

    def read(self, image: Image.Image, quads: Sequence[Quad]) -> list[TextLine]:
        found = super().read(image, quads)
        starts = [crop(image, quad, 40, 20)[10, 5] for quad in quads]
        return [
            replace(line, text="upright" if start[0] > 128 > start[2] else "over")
            for line, start in zip(found, starts, strict=True)
        ]


def scanned(picture: Image.Image, second: Second | None, **changes: Any) -> Scan:
    rereader = None if second is None else Rereader(second, RereadParams(**(PLAIN | changes)))  # type: ignore[arg-type]
    scanner = Scanner(FakeDetector(), FakeRecognizer(), PARAMS, rereader)  # type: ignore[arg-type]
    return scanner.scan(picture, Timings())


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_top_of_the_upright_page_is_read_again(degrees: int) -> None:
    picture = turn(page(), degrees)
    plain = scanned(picture, None)
    again = scanned(picture, Upright(confidence=0.98), confidence=0.98, lines=2)
    assert (again.rows, again.rotation, again.skew) == (plain.rows, plain.rotation, plain.skew)
    assert [line.quad for line in again.lines] == [line.quad for line in plain.lines]
    assert [line.text for line in plain.lines] == ["text"] * BARS
    assert [again.lines[i].text for row in again.rows for i in row] == ["upright"] * 2 + ["text"] * 3


def test_warming_up_reads_a_line_again() -> None:
    second = Second()
    for rereader in (Rereader(second, RereadParams(**PLAIN)), None):  # type: ignore[arg-type]
        Scanner(FakeDetector(), FakeRecognizer(), PARAMS, rereader).warm_up()  # type: ignore[arg-type]
    assert second.tops == [0]


# reader


def changed(path: Path, stage: Stage | None) -> Path:
    """The default bundle with another stage of reading again, or none."""
    bundle = Bundle.open()
    stages = {name: one for name, one in bundle.manifest.stages.items() if name != "reread"}
    stages |= {} if stage is None else {"reread": stage}
    used = {graph.file for one in stages.values() for graph in one.graphs}
    contents = {name: bundle.read(name) for name in bundle.manifest.files if not name.endswith(".onnx") or name in used}
    return write_bundle(path, replace(bundle.manifest, stages=stages, files={}), contents).path


def test_each_stage_is_opened_in_its_own_precision() -> None:
    opened: list[tuple[str, str]] = []

    def opening(bundle: Bundle, stage: str, backend: str, precision: str, threads: int) -> Session:
        opened.append((stage, bundle.graph(stage, backend, precision).precision))
        return open_session(bundle, stage, backend, precision, threads)

    with mock.patch.object(reading, "open_session", opening):
        Reader.open(threads=1)
    assert opened == [("detect", "fp32"), ("recognize", "int8"), ("reread", "int8"), ("extract", "fp32")]


def test_a_bundle_without_the_stage_reads_without_it(tmp_path: Path, reader: Reader) -> None:
    bare = Reader.open(changed(tmp_path / "bare", None), threads=1)
    bare.warm_up()
    receipt, usual = bare.read(EXAMPLE), reader.read(EXAMPLE)
    assert "reread" not in bare.bundle.manifest.stages
    assert receipt.total is not None and usual.total is not None
    assert receipt.total.value == usual.total.value
    assert (receipt.rows, len(receipt.lines)) == (usual.rows, len(usual.lines))
    assert all(line.confidence <= other.confidence for line, other in zip(receipt.lines, usual.lines, strict=True))


def test_a_stage_without_its_graph_is_refused(tmp_path: Path) -> None:
    stage = Bundle.open().stage("reread")
    with pytest.raises(MissingGraphError, match="stage 'reread' has no graph for onnxruntime int8: it has none"):
        Reader.open(changed(tmp_path / "empty", replace(stage, graphs=())), threads=1)
    other = replace(stage, params={**stage.params, "precision": "fp32"})
    with pytest.raises(MissingGraphError, match="has no graph for onnxruntime fp32: it has onnxruntime int8"):
        Reader.open(changed(tmp_path / "other", other), threads=1)


def test_a_stage_with_wrong_constants_is_refused(tmp_path: Path) -> None:
    stage = Bundle.open().stage("reread")
    wrong = changed(tmp_path / "wrong", replace(stage, params={**stage.params, "most": "all"}))
    with pytest.raises(ManifestError) as caught:
        Reader.open(wrong, threads=1)
    assert str(caught.value) == f"{wrong}: stages.reread.params: most: 'all' is not an integer; write an integer"
