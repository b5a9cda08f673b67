"""Training of the detector: what it is to answer, how pages are drawn, that it learns, and that its weights go back."""

from __future__ import annotations

import copy
import importlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import annotated
import model_sources
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from edgekit.detect import find_lines
from edgekit.errors import BundleError, UsageError
from edgekit.geometry import quad_size, rotated, tilt
from edgekit.types import Point, Quad

torch = pytest.importorskip("torch", reason="torch is not installed")
batches: Any = importlib.import_module("models.detector.batches")
data: Any = importlib.import_module("models.recognizer.data")
detector: Any = importlib.import_module("models.detector")
drawing: Any = importlib.import_module("models.detector.drawing")
kept: Any = importlib.import_module("models.detector.pages")
prepare: Any = importlib.import_module("models.detector.prepare")
targets: Any = importlib.import_module("models.detector.targets")
train: Any = importlib.import_module("models.detector.train")
training: Any = importlib.import_module("models.detector.training")
tuned: Any = importlib.import_module("models.detector.tuned")
run: Any = importlib.import_module("models.tuning")
readers: Any = importlib.import_module("models.evaluate.readers")
overlap: Any = importlib.import_module("models.evaluate.detection").overlap
overlay: Any = importlib.import_module("export.tuning").overlay

HELD, TRAIN = data.HELD, data.TRAIN
Page, read_pages, write_pages = kept.Page, kept.read_pages, kept.write_pages
PARAMS = readers.detect_params()


def line(x: float, y: float, length: float, height: float, degrees: float = 0.0) -> Quad:
    """A line about a middle."""
    corners = ((-length, -height), (length, -height), (length, height), (-length, height))

    def there(corner: Point) -> Point:
        moved = rotated((corner[0] / 2, corner[1] / 2), degrees)
        return x + moved[0], y + moved[1]

    return Quad(*map(there, corners))


@given(st.floats(8, 500), st.floats(6, 60), st.floats(-80, 80), st.floats(0.5, 2.5), st.floats(0, 0.3))
def test_a_shrunk_region_grows_back_to_the_line(
    length: float, height: float, degrees: float, unclip: float, room: float
) -> None:
    inner = targets.shrunk(line(0, 0, length, height, degrees), unclip, room)
    long, high = quad_size(inner)
    grow = unclip * long * high / (long + high)  # both sides
    assert long + grow == pytest.approx(length + room * height, rel=1e-3)
    assert high + grow == pytest.approx(height * (1 + room), rel=1e-3)
    assert tilt(inner) == pytest.approx(degrees, abs=1e-3)


def test_resizing_keeps_the_middle() -> None:
    quad = targets.resized(line(50, 40, 30, 10, 20), -4)
    assert quad_size(quad) == pytest.approx((34, 14))
    assert np.mean(quad.points, axis=0) == pytest.approx((50, 40))
    assert quad_size(targets.resized(line(0, 0, 30, 10), 100)) == pytest.approx((1.5, 0.5)), "never turned inside out"


@settings(deadline=None, max_examples=10)
@given(st.floats(-3, 3))
def test_the_product_finds_the_lines_of_a_target(degrees: float) -> None:
    lines = [line(150, 40 + 30 * i, 120 + 10 * i, 18, degrees) for i in range(6)]
    heat = targets.draw_map([targets.shrunk(quad, PARAMS.unclip, 0.0) for quad in lines], (320, 256))
    assert heat.shape == (256, 320) and heat.dtype == np.float32 and 0 < heat.mean() < 0.3 and heat.max() == 1
    found = find_lines(heat, PARAMS).quads
    assert len(found) == len(lines)
    assert all(max(overlap(quad, other) for other in found) > 0.75 for quad in lines)


def test_pages_are_kept_in_a_file(tmp_path: Path) -> None:
    pages = [Page("a.png", (line(5, 6, 8, 4),), (), "drawn", TRAIN), Page("b.png", (), (line(9, 9, 2, 2),), "x", HELD)]
    write_pages(tmp_path / "pages.jsonl", pages)
    assert read_pages(tmp_path / "pages.jsonl") == pages
    (tmp_path / "bad.jsonl").write_text('{"picture": 1}\n', "utf-8")
    with pytest.raises(UsageError, match=r"bad\.jsonl: no file of pages .*make one with models\.detector\.prepare"):
        read_pages(tmp_path / "bad.jsonl")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages of three lines, one of them held back."""
    folder = annotated.drawn(tmp_path_factory.mktemp("pages") / "set", pictures=2)
    rows = [json.loads(text) for text in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    quads = tuple(Quad(*zip(one["quad"][::2], one["quad"][1::2], strict=True)) for one in rows[0]["lines"])
    found = [Page(str(folder / f"{i}.png"), quads, (), "drawn", part) for i, part in enumerate((TRAIN, HELD))]
    write_pages(folder / "pages.jsonl", found)
    return folder / "pages.jsonl"


def test_batches_follow_from_seed_and_number(pages: Path) -> None:
    def drawn(seed: int) -> Any:
        made = batches.Drawn(read_pages(pages), {"drawn": 2.0}, PARAMS, 2, seed)
        made.plan(3, 5)
        return made

    first, again, other = drawn(1), drawn(1), drawn(2)
    assert len(first) == 2
    for i in range(2):
        batch = first[i]
        assert len(batch.samples) == 2 and all(side % PARAMS.multiple == 0 for side in batch.glance.shape[:2])
        for mine, same in zip(batch.samples, again[i].samples, strict=True):
            assert np.array_equal(mine.pixels, same.pixels) and np.array_equal(mine.target, same.target)
            assert mine.pixels.shape[:2] == mine.target.shape == mine.counts.shape
            assert mine.pixels.shape[1::-1] in drawing.SHAPES
    assert not np.array_equal(first[0].glance, other[0].glance)


def test_ink_is_where_the_target_is() -> None:
    """On a page without wear, what the target marks is darker than the rest."""
    quads = tuple(line(200, 60 + 40 * i, 220, 20) for i in range(8))
    pixels = np.full((400, 400, 3), 255, np.uint8)
    for quad in quads:
        (left, top), (right, bottom) = quad.top_left, quad.bottom_right
        pixels[int(top) : int(bottom), int(left) : int(right)] = 0
    page, image = Page("", quads, (line(200, 20, 100, 10),), "drawn", TRAIN), Image.fromarray(pixels)
    random = np.random.default_rng(4)
    for _ in range(6):
        sample = drawing.part_of_page(image, page, (416, 640), random)
        marked = sample.target > 0.5
        assert marked.any() and sample.counts.min() < 0.5, "the unsure line counts neither way"
        assert sample.pixels[marked].mean() + 40 < sample.pixels[~marked].mean()
        assert (sample.counts >= sample.target - 1e-6).all()


def test_losses_are_least_where_the_answer_is_right() -> None:
    target = torch.zeros(1, 64, 64)
    target[:, 20:28, 10:50] = 1
    counts, right = torch.ones_like(target), (target * 2 - 1) * 12
    for loss in (training.cross_entropy, training.dice_loss):
        assert loss(right, target, counts) < 0.01 < 0.3 < loss(torch.zeros_like(target), target, counts)
    wrong = right.clone()
    wrong[:, 40:44] = 12
    ignored = counts.clone()
    ignored[:, 40:44] = 0
    for loss in (training.cross_entropy, training.dice_loss):
        assert loss(wrong, target, ignored) < 0.01 < loss(wrong, target, counts)


def test_it_learns_and_leaves_the_glance_to_the_teacher(pages: Path) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    drawn = batches.Drawn(read_pages(pages), {}, PARAMS, 1, 1)
    drawn.plan(0, 1)
    batch = drawn[0]
    teacher = detector.load(model_sources.detector())

    def strayed(network: Any) -> float:
        return float(training.glance_loss(network, teacher, batch.glance).detach())

    assert strayed(teacher) == pytest.approx(0, abs=1e-4)
    trainer = run.Trainer(copy.deepcopy(teacher), run.Schedule(steps=20, rate=5e-5, warm_up=2, average=0.5))
    losses = [trainer.learn(partial(training.region_loss, samples=batch.samples)) for _ in range(8)]
    assert losses[-1] < 0.9 * losses[0]
    assert strayed(trainer.network) > 1e-4


def test_packed_weights_laid_over_the_graph_are_the_network() -> None:
    source = model_sources.detector()
    changed = detector.load(source)
    torch.manual_seed(3)
    with torch.no_grad():
        for value in changed.parameters():
            value.mul_(1 + 0.05 * torch.randn_like(value))
    packed = tuned.pack(changed, source)
    assert len(packed) < 900_000
    back = detector.load(overlay(source, packed, "tuned"))
    for (name, value), other in zip(back.named_parameters(), changed.named_parameters(), strict=True):
        assert torch.allclose(value, other[1], rtol=1e-3, atol=1e-6), name
    with pytest.raises(BundleError, match="use the graph of this network"):
        tuned.pack(changed, model_sources.recognizer())


def test_a_run_writes_its_weights_and_log_and_can_go_on(pages: Path, tmp_path: Path) -> None:
    model_sources.detector()
    arguments = ["--pages", str(pages), "--out", str(tmp_path / "run"), "--size", "1", "--every", "1", "--rate", "1e-5"]
    assert train.main([*arguments, "--steps", "1"]) == 0
    assert train.main([*arguments, "--steps", "2"]) == 0
    log = [json.loads(text) for text in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in log if "step" in row] == [0, 1, 2]
    first = log[1]["held"]["drawn"]
    assert first["lines"] == 3 and first["f1"] > 0.5, "the published network's boxes are wide"
    assert first["covered"] > 0.9 and first["precise"] == 1
    with Image.open(pages.parent / "0.png") as page:
        found = readers.tuned_detector((tmp_path / "run" / "receipt.npz").read_bytes(), 1).detect(page.convert("RGB"))
    assert len(found.quads) == 3


def test_errors_of_training_are_one_line(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_sources.detector()
    assert train.main(["--pages", str(tmp_path / "none"), "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and "make one with models.detector.prepare" in error and error.count("\n") == 1
    write_pages(tmp_path / "held.jsonl", [page for page in read_pages(pages) if page.part == HELD])
    assert train.main(["--pages", str(tmp_path / "held.jsonl"), "--out", str(tmp_path)]) == 2
    assert "no page to learn from" in capsys.readouterr().err


def test_pages_are_made_of_labels_photos_and_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model_sources.detector()
    published = readers.published_detector
    monkeypatch.setattr(readers, "published_detector", lambda small, **rest: published(False, **rest))
    folder = annotated.drawn(tmp_path / "shop", pictures=1)
    rows = [json.loads(text) for text in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    wide = {"split": "train", "width": 300, "height": 130}
    text = "".join(json.dumps({**row, **wide, "vendor": "A"}) + "\n" for row in rows)
    (folder / "labels.jsonl").write_text(text, "utf-8")
    assert prepare.main(["--data", str(folder), "--synthetic", "1", "--out", str(tmp_path / "out")]) == 0
    labelled, taught, synthetic = read_pages(tmp_path / "out" / "pages.jsonl")
    assert [page.kind for page in (labelled, taught, synthetic)] == ["shop", "shop", "synthetic"]
    assert len(labelled.quads) == len(taught.quads) == 3
    for mine, theirs in zip(sorted(labelled.quads, key=_top), sorted(taught.quads, key=_top), strict=True):
        assert overlap(mine, theirs) > 0.6
    assert len(synthetic.quads) > 5 and Path(synthetic.picture).exists()


def _top(quad: Quad) -> float:
    return quad.top_left[1]


def test_errors_of_preparing_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare.main(["--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        "error: nothing to make pages of: name a folder with --data, or ask for --synthetic receipts\n"
    )
    folder = annotated.drawn(tmp_path / "shop")
    rows = [json.loads(text) for text in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    (folder / "labels.jsonl").write_text(json.dumps({**rows[0], "split": "train", "width": 30, "height": 13}), "utf-8")
    assert prepare.main(["--data", str(folder), "--out", str(tmp_path / "out")]) == 2
    assert "30 pixels wide by its label; mend labels.jsonl" in capsys.readouterr().err
