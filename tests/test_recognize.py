from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edgekit import recognize
from edgekit.errors import ManifestError
from edgekit.image import Pixels, crop
from edgekit.manifest import parse_params
from edgekit.recognize import RecognizeParams, Recognizer, decode
from edgekit.types import Quad

PARAMS = RecognizeParams(height=48, widths=(64, 128, 256), padding=127, batch=3, blank=0)


WRITTEN = {"height": 48, "widths": [64, 128, 256], "padding": 127, "batch": 3, "blank": 0}


def test_constants_may_name_a_precision() -> None:
    assert parse_params(RecognizeParams, WRITTEN, "x") == PARAMS
    assert parse_params(RecognizeParams, {**WRITTEN, "precision": "int8"}, "x") == replace(PARAMS, precision="int8")
    for wrong, said in ((8, "precision: 8 is not a string"), ("", "precision has to be a name")):
        with pytest.raises(ManifestError, match=said):
            parse_params(RecognizeParams, {**WRITTEN, "precision": wrong}, "x")


def line(width: float, height: float = 24, y: float = 0) -> Quad:
    return Quad((0, y), (width, y), (width, y + height), (0, y + height))


@pytest.mark.parametrize(
    ("steps", "chances", "text", "confidence"),
    [
        ([], [], "", 0.0),
        ([0, 0, 0], [0.9, 0.9, 0.9], "", 0.0),
        ([1, 1, 0, 1, 2], [0.8, 0.1, 0.1, 0.6, 1.0], "aab", 0.8),
        ([0, 3, 1, 3, 0], [0.1, 0.5, 0.7, 0.6, 0.1], "a", 0.6),
        ([2, 2, 2], [0.5, 0.9, 0.9], "b", 0.5),
    ],
)
def test_decoding_merges_repeats_and_drops_blanks(
    steps: list[int], chances: list[float], text: str, confidence: float
) -> None:
    decoded = decode(np.array(steps, np.int32), np.array(chances), ("a", "b", " "), 0)
    assert decoded[0] == text
    assert decoded[1] == pytest.approx(confidence)


@given(st.lists(st.tuples(st.floats(0, 4000), st.floats(0, 300)), max_size=40))
def test_every_line_is_in_one_batch_of_a_bucket_it_fits(sizes: list[tuple[float, float]]) -> None:
    quads = [line(*size) for size in sizes]
    batches = Recognizer(FakeSession(), PARAMS, "ab ").plan(quads)
    assert sorted(i for _, members in batches for i in members) == list(range(len(quads)))
    for bucket, members in batches:
        assert bucket in PARAMS.widths
        assert 1 <= len(members) <= PARAMS.batch
    buckets = [bucket for bucket, _ in batches]
    assert buckets == sorted(buckets, reverse=True)


class FakeSession:
    """Reads "a" from light crops and "b" from dark ones, and keeps what it was given."""

    def __init__(self) -> None:
        self.batches: list[np.ndarray] = []

    def run(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        (crops,) = inputs
        self.batches.append(crops)
        steps = np.where(crops[:, 0, :1, 0] > 127, 1, 2).astype(np.int32)
        return steps, np.full(steps.shape, 0.75, np.float32)


@pytest.mark.parametrize("workers", [1, 3])
def test_lines_come_back_in_the_order_of_the_quads(workers: int) -> None:
    picture = Image.new("RGB", (200, 100), "white")
    picture.paste((0, 0, 0), (0, 50, 200, 100))
    quads = [line(100, y=60), line(30), line(20, y=70), line(100), line(31), line(33)]
    session = FakeSession()
    lines = Recognizer(session, PARAMS, ("a", "b", " "), workers).read(picture, quads)
    assert [found.text for found in lines] == ["b", "a", "b", "a", "a", "a"]
    assert [found.quad for found in lines] == quads
    assert {found.confidence for found in lines} == {0.75}
    assert all(len(batch) <= PARAMS.batch for batch in session.batches)


@pytest.mark.parametrize("workers", [1, 3])
def test_so_many_lines_are_drawn_ahead_of_the_network(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, ahead = [], []

    def counted(image: Image.Image, quad: Quad, width: int, height: int) -> Pixels:
        drawn.append(quad)
        return crop(image, quad, width, height)

    monkeypatch.setattr(recognize, "crop", counted)

    class Watching(FakeSession):
        def run(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
            ahead.append(len(drawn) - sum(map(len, self.batches)))
            return super().run(*inputs)

    quads = [line(256, 48, y) for y in range(100)]
    session = Watching()
    lines = Recognizer(session, PARAMS, "ab ", workers).read(Image.new("RGB", (256, 160), "white"), quads)
    assert [found.quad for found in lines] == quads and {found.text for found in lines} == {"a"}
    fit = workers * recognize._TOGETHER // (PARAMS.batch * 256 * 48 * 3) * PARAMS.batch
    assert max(ahead) == fit < len(quads)


def test_short_lines_are_padded_and_long_ones_squeezed() -> None:
    session = FakeSession()
    Recognizer(session, PARAMS, "ab ").read(Image.new("RGB", (900, 60), "white"), [line(40), line(880)])
    long, short = session.batches
    assert short.shape == (1, 48, 128, 3)
    assert (short[0, :, :80] == 255).all()
    assert (short[0, :, 80:] == PARAMS.padding).all()
    assert long.shape == (1, 48, 256, 3)
    assert (long == 255).all()


def test_no_quads_run_no_network() -> None:
    session = FakeSession()
    assert Recognizer(session, PARAMS, "ab ").read(Image.new("RGB", (9, 9)), []) == []
    assert session.batches == []
