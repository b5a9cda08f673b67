from __future__ import annotations

import copy
import importlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import model_sources
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from edgekit.errors import BundleError
from edgekit.recognize import decode
from models.evaluate import readers

torch = pytest.importorskip("torch", reason="torch is not installed")
batches: Any = importlib.import_module("models.recognizer.batches")
network: Any = importlib.import_module("models.recognizer.network")
training: Any = importlib.import_module("models.recognizer.training")
train: Any = importlib.import_module("models.recognizer.train")
tuned: Any = importlib.import_module("models.recognizer.tuned")
loading: Any = importlib.import_module("models.recognizer.loading")
data: Any = importlib.import_module("models.recognizer.data")
packing: Any = importlib.import_module("models.tuned")
tuning: Any = importlib.import_module("export.tuning")
training_run: Any = importlib.import_module("models.tuning")

WORDS = ["TOTAL 12.50", "Cash 20.00", "Change 7.50", "Thank you", "8", "GST 6% 0.75", "Invoice No: 1234567"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of lines, and a file of them; every third line is held back."""
    path = tmp_path_factory.mktemp("lines")
    page = Image.new("RGB", (400, 40 * len(WORDS)), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(24)
    lines = []
    for i, text in enumerate(WORDS):
        pen.text((10, 40 * i + 4), text, "black", font)
        left, top, right, bottom = pen.textbbox((10, 40 * i + 4), text, font)
        quad = data.quad_of([left, top, right, top, right, bottom, left, bottom])
        part = data.HELD if i % 3 == 2 else data.TRAIN
        lines.append(data.Line(str(path / "page.png"), (quad,), text, "drawn", part))
    page.save(path / "page.png")
    data.write_lines(path / "lines.jsonl", lines)
    return path


def drawn(folder: Path) -> Any:
    alphabet = batches.Alphabet.of([*map(chr, range(0x21, 0x7F)), " "])
    return batches.Drawn(data.read_lines(folder / "lines.jsonl"), alphabet, readers.params(), batches.Pictures())


def test_an_epoch_has_every_line_in_batches_of_a_width(folder: Path) -> None:
    lines = drawn(folder)
    lines.plan(batches.Sampling({"drawn": 3.0}, seed=5), epoch=0)
    found = [lines[i] for i in range(len(lines))]
    assert sum(len(batch.lengths) for batch in found) == 3 * len(WORDS)
    widths = readers.params().widths
    for batch in found:
        assert batch.pixels.shape[0] == len(batch.lengths) and batch.pixels.shape[2] in widths
        assert batch.lengths.sum() == len(batch.targets) and batch.targets.min() > 0
    again = drawn(folder)
    again.plan(batches.Sampling({"drawn": 3.0}, seed=5), epoch=0)
    assert all(np.array_equal(again[i].pixels, found[i].pixels) for i in range(len(again)))
    again.plan(batches.Sampling({"drawn": 3.0}, seed=5), epoch=1)
    assert not all(np.array_equal(again[i].pixels, found[i].pixels) for i in range(len(again)))


def test_lines_with_other_characters_are_left_out(folder: Path) -> None:
    lines = data.read_lines(folder / "lines.jsonl")
    alphabet = batches.Alphabet.of([*"0123456789", " "])
    assert batches.Drawn(lines, alphabet, readers.params(), batches.Pictures()).left_out == len(WORDS) - 1
    assert alphabet.encode("7 0") == [8, 11, 1]
    assert alphabet.encode("") is None


def test_the_rate_rises_and_falls() -> None:
    schedule = training_run.Schedule(steps=1000, rate=1e-3, warm_up=100)
    rates = [schedule.at(step) for step in range(1001)]
    assert rates[:101] == sorted(rates[:101]) and rates[100:] == sorted(rates[100:], reverse=True)
    assert rates[100] == pytest.approx(1e-3) and rates[1000] == pytest.approx(1e-5)


def small_network() -> Any:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    blocks = tuple(network.BlockConfig(planes, step) for planes, step in ((16, (2, 1)), (24, (2, 1))))
    return network.Recognizer(network.RecognizerConfig((8, 16), blocks, network.GuideConfig(3, 16), 96))


def test_a_network_learns_lines_and_a_run_goes_on_where_it_ended(folder: Path) -> None:
    lines = drawn(folder)
    lines.plan(batches.Sampling({"drawn": 2.0}, seed=1), epoch=0)
    found = [lines[i] for i in range(len(lines))]
    schedule = training_run.Schedule(steps=60, rate=1e-2, warm_up=5, average=0.9)
    trainer = training_run.Trainer(small_network(), schedule)
    losses = [trainer.learn(partial(training.loss_of, batch=found[i % len(found)])) for i in range(40)]
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    other = training_run.Trainer(small_network(), schedule)
    other.restore(copy.deepcopy(trainer.state()))
    assert other.step == 40
    loss_of = partial(training.loss_of, batch=found[0])
    assert other.learn(loss_of) == pytest.approx(trainer.learn(loss_of), rel=1e-5)
    for mine, theirs in zip(trainer.average.parameters(), other.average.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-6)


def test_statistics_of_normalisation_stay(folder: Path) -> None:
    lines = drawn(folder)
    lines.plan(batches.Sampling({}, seed=1), epoch=0)
    trainer = training_run.Trainer(small_network(), training_run.Schedule(steps=5, rate=1e-2, warm_up=1))
    before = {name: value.clone() for name, value in trainer.network.named_buffers()}
    trainer.learn(partial(training.loss_of, batch=lines[0]))
    assert before and all(torch.equal(value, before[name]) for name, value in trainer.network.named_buffers())


def test_a_line_too_short_for_its_text_teaches_nothing() -> None:
    batch = batches.Batch(np.zeros((1, 48, 16, 3), np.uint8), np.arange(1, 9), np.array([8]))
    logits = torch.zeros(1, 2, 20, requires_grad=True)
    loss = training.ctc(logits, batch)
    loss.backward()
    assert loss.item() == 0 and float(logits.grad.abs().max()) == 0


@pytest.fixture(scope="module")
def published() -> Any:
    return loading.load(model_sources.recognizer(), model_sources.classes())


def test_packed_weights_laid_over_the_graph_are_the_network(published: Any) -> None:
    source, classes = model_sources.recognizer(), model_sources.classes()
    changed = loading.load(source, classes)
    torch.manual_seed(3)
    with torch.no_grad():
        for value in changed.parameters():
            value.mul_(1 + 0.05 * torch.randn_like(value))
    packed = tuned.pack(changed, source, classes)
    assert len(packed) < 1_300_000
    back = loading.load(tuning.overlay(source, packed, "tuned"), classes)
    for (name, value), other in zip(back.named_parameters(), changed.parameters(), strict=True):
        assert torch.allclose(value, other, rtol=1e-3, atol=1e-6), name
    planes = torch.randn(1, 3, 48, 64)
    with torch.no_grad():
        assert torch.allclose(back(planes).softmax(-1), changed(planes).softmax(-1), atol=0.02)
        assert not torch.allclose(back(planes).softmax(-1), published(planes).softmax(-1), atol=0.02)


def test_values_too_large_for_half_precision_are_refused() -> None:
    with pytest.raises(BundleError, match="does not fit half precision"):
        packing.half(np.array([1e5], np.float32), "w")


def test_the_product_reads_what_training_reads(folder: Path, published: Any) -> None:
    lines = data.read_lines(folder / "lines.jsonl")
    _, classes, charset = readers.published()
    texts = training.read(published, lines, batches.Pictures(), readers.params(), charset)
    with Image.open(folder / "page.png") as page:
        expected = readers.tiny(1).read(page.convert("RGB"), [line.quads[0] for line in lines])
    assert texts == [line.text for line in expected]
    assert [text.replace(" ", "") for text in texts] == [word.replace(" ", "") for word in WORDS]
    assert training.rates(texts, lines)["drawn"]["cer"] < 0.05
    assert len(charset) == len(classes) - 1 and decode(np.array([0]), np.ones(1), charset, 0) == ("", 0.0)


def test_a_run_writes_its_weights_and_log_and_can_go_on(folder: Path, tmp_path: Path) -> None:
    model_sources.recognizer()
    arguments = ["--lines", str(folder / "lines.jsonl"), "--out", str(tmp_path / "run"), "--rate", "1e-4"]
    assert train.main([*arguments, "--epochs", "1"]) == 0
    assert train.main([*arguments, "--epochs", "2"]) == 0
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in log if "epoch" in row] == [0, 1, 2]
    assert [row["config"]["epochs"] for row in log if "config" in row] == [1, 2]
    assert log[1]["held"]["drawn"]["lines"] == 2
    assert tuning.classes((tmp_path / "run" / "receipt.npz").read_bytes(), "npz") == tuple(model_sources.classes())


def test_a_run_begins_with_earlier_weights(folder: Path, tmp_path: Path, published: Any) -> None:
    data_, classes, _ = readers.published()
    changed = copy.deepcopy(published)
    with torch.no_grad():
        for value in changed.parameters():
            value.mul_(0.5)
    (tmp_path / "start.npz").write_bytes(tuned.pack(changed, data_, classes))
    begun = loading.load(train.begun(data_, str(tmp_path / "start.npz")), classes)
    for value, expected in zip(begun.parameters(), changed.parameters(), strict=True):
        assert torch.allclose(value, expected, rtol=1e-3, atol=1e-6)
    assert train.begun(data_, None) is data_
    arguments = ["--lines", str(folder / "lines.jsonl"), "--out", str(tmp_path / "run"), "--epochs", "0"]
    assert train.main([*arguments, "--start", str(tmp_path / "start.npz")]) == 0
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert log[0]["config"]["start"] == str(tmp_path / "start.npz")
    assert log[1]["held"]["drawn"]["cer"] > 0.5, "halved weights read nothing"


def test_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_sources.recognizer()
    assert train.main(["--lines", str(tmp_path / "none"), "--out", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and "make one with models.recognizer.prepare" in error and error.count("\n") == 1
    (tmp_path / "none").write_text("", "utf-8")
    assert train.main(["--lines", str(tmp_path / "none"), "--out", str(tmp_path / "run")]) == 2
    assert "no line to learn from" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"), [(None, "name a receipt.npz"), (b"no archive", "is no .npz of arrays")]
)
def test_bad_weights_to_begin_with_are_one_line(
    content: bytes | None, message: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model_sources.recognizer()
    start = tmp_path / "start.npz"
    if content is not None:
        start.write_bytes(content)
    arguments = ["--lines", str(folder / "lines.jsonl"), "--out", str(tmp_path / "run"), "--start", str(start)]
    assert train.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1
