"""models.extractor: the network is what its config says, and learns."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from places import ROOT
from printed import laid_out

torch = pytest.importorskip("torch", reason="torch is not installed")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")

extractor: Any = importlib.import_module("models.extractor")
network: Any = importlib.import_module("models.extractor.network")
training: Any = importlib.import_module("models.extractor.training")
samples: Any = importlib.import_module("models.extractor.samples")
loss: Any = importlib.import_module("models.extractor.loss")
loading: Any = importlib.import_module("models.extractor.loading")

from edgekit.errors import BundleError  # noqa: E402
from edgekit.extract.places import PLACES  # noqa: E402
from edgekit.extract.words import BUCKETS, CHAR_IDS, LETTERS, TAGS  # noqa: E402

PAPER = """\
*Blue Heron Diner
18 Harbor Street
12/03/2019 18:45 | Table 4
Coffee | 9.00
Toast | 3.50
Subtotal | 12.50
Tax 8% | 1.00
TOTAL | $13.50
CASH | 20.00
CHANGE | 6.50"""
ROW = {
    "file": "heron.jpg",
    "vendor": "BLUE HERON DINER",
    "norm": {"date_readings": ["2019-03-12", "2019-12-03"], "total": 13.5, "tax": 1.0},
}
SMALL = {"char_width": 8, "word_width": 16, "width": 16, "depth": 1, "heads": 2, "dropout": 0.0}


def small() -> Any:
    torch.manual_seed(1)
    return network.ExtractorModel(network.ExtractorConfig(**SMALL)).eval()


def drawn(words: int, bucket: int) -> tuple[Any, Any]:
    """A receipt of so many words and padding up to a bucket, drawn by chance."""
    rng = np.random.default_rng(words)
    chars = np.zeros((1, bucket, LETTERS), np.int32)
    places = np.zeros((1, bucket, len(PLACES)), np.float32)
    chars[0, :words] = rng.integers(1, CHAR_IDS, (words, LETTERS))
    chars[0, :words, 10:] = 0
    places[0, :words] = rng.random((words, len(PLACES)))
    return torch.from_numpy(chars), torch.from_numpy(places)


def scores(model: Any, *inputs: Any) -> Any:
    with torch.no_grad():
        return model(*inputs)


@pytest.fixture(scope="module")
def rules() -> Any:
    return samples.Rules.of_bundle()


@pytest.fixture(scope="module")
def lesson(rules: Any) -> Any:
    return samples.labelled(ROW, laid_out(PAPER)[0], rules)


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_it_says_what_to_install(missing: str) -> None:
    script = f"import sys; sys.modules['{missing}'] = None; import models.extractor"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"edgekit.errors.BackendError: {missing} is not installed: pip install edgekit[train")


def test_the_shipped_network_keeps_its_limits() -> None:
    model = extractor.load()
    assert not model.training
    assert sum(weight.numel() for weight in model.parameters()) <= 300_000
    assert (extractor.CHECKPOINT / "model.safetensors").stat().st_size <= 1_000_000
    assert model.config.tags == list(TAGS)
    assert (model.config.places, model.config.letters, model.config.char_ids) == (len(PLACES), LETTERS, CHAR_IDS)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_gives_a_score_per_word_and_tag(bucket: int) -> None:
    found = scores(small(), *drawn(40, bucket))
    assert found.shape == (1, bucket, len(TAGS)) and found.dtype == torch.float32
    assert torch.isfinite(found).all()


def test_padding_changes_nothing() -> None:
    for model in (small(), extractor.load()):
        chars, places = drawn(50, 64)
        wide = [torch.nn.functional.pad(chars, (0, 0, 0, 192)), torch.nn.functional.pad(places, (0, 0, 0, 192))]
        before, after = scores(model, chars, places), scores(model, *wide)
        assert torch.allclose(before[:, :50], after[:, :50], atol=1e-5)
        wide[1][:, 50:] = 0.7  # of words that are not there
        assert torch.allclose(before[:, :50], scores(model, *wide)[:, :50], atol=1e-5)


def test_a_page_without_words_gives_numbers() -> None:
    assert torch.isfinite(scores(small(), *drawn(0, 64))).all()


def test_words_see_each_other_and_their_rows() -> None:
    model = small()
    torch.nn.init.normal_(model.blocks[0].apart.weight)
    chars, places = drawn(10, 64)
    before = scores(model, chars, places)[0, 0]
    chars[0, 9, 0] += 1
    assert not torch.allclose(before, scores(model, chars, places)[0, 0], atol=1e-6)
    chars[0, 9, 0] -= 1
    places[0, 9, PLACES.index("from_top")] += 0.3
    with torch.no_grad():
        model.places.weight[:, PLACES.index("from_top")] = 0  # only how far apart rows stand is left
        model.shortcut.weight[:, PLACES.index("from_top")] = 0
        near = model(chars, places)[0, 0]
        places[0, 9, PLACES.index("from_top")] -= 0.3
        assert not torch.allclose(near, model(chars, places)[0, 0], atol=1e-6)


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    model = small()
    model.save_pretrained(tmp_path)
    inputs = drawn(20, 64)
    for again in (extractor.load(tmp_path), transformers.AutoModel.from_pretrained(tmp_path).eval()):
        assert isinstance(again, network.ExtractorModel)
        assert again.config.width == SMALL["width"]
        assert torch.equal(scores(model, *inputs), scores(again, *inputs))


def test_a_checkpoint_answers_as_a_session(tmp_path: Path) -> None:
    model = small()
    model.save_pretrained(tmp_path)
    inputs = drawn(20, 64)
    (found,) = loading.CheckpointSession(tmp_path).run(*(part.numpy() for part in inputs))
    assert np.array_equal(found, scores(model, *inputs).numpy())


def test_a_folder_without_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no extraction network"):
        extractor.load(tmp_path)


def test_one_exported_program_serves_every_bucket() -> None:
    model = small()
    for bucket in BUCKETS:
        inputs = drawn(30, bucket)
        program = torch.export.export(model, inputs, strict=False).module()
        assert torch.allclose(program(*inputs), scores(model, *inputs), atol=1e-6)


def test_a_label_points_at_all_that_shows_its_value(lesson: Any, rules: Any) -> None:
    sheet = samples.sheet_of(laid_out(PAPER)[0], rules)

    def right(tag: str) -> list[str]:
        return [sheet.texts[i] for i in np.flatnonzero(lesson.targets[:, TAGS.index(tag)] == samples.RIGHT)]

    assert right("vendor") == ["Blue", "Heron", "Diner"]
    assert right("total") == ["$13.50"] and right("tax") == ["1.00"] and right("date") == ["12/03/2019"]
    assert right("time") == ["18:45"] and right("subtotal") == ["12.50"]
    known = dict(zip(TAGS, lesson.known.tolist(), strict=True))
    assert known["vendor"] == known["total"] == known["date"] == known["tax"] == 1.0
    assert 0 < known["time"] < 1 and 0 < known["subtotal"] < 1
    assert known["currency"] == known["description"] == known["quantity"] == known["amount"] == 0.0


def test_what_was_not_read_teaches_nothing(rules: Any) -> None:
    row = {
        **ROW,
        "vendor": "Someone Else Entirely",
        "norm": {"date_readings": ["2001-01-01"], "total": 99.0, "tax": 77.0},
    }
    assert not samples.labelled(row, laid_out(PAPER)[0], rules).known.any()


def test_where_no_tax_is_named_none_is_said_weakly(rules: Any) -> None:
    row = {**ROW, "norm": {"total": 12.5, "tax": None}}
    found = samples.labelled(row, laid_out("Blue Heron Diner\nCoffee | 12.50\nTOTAL | 12.50")[0], rules)
    assert 0 < found.known[TAGS.index("tax")] < 1
    assert not (found.targets[:, TAGS.index("tax")] == samples.RIGHT).any()


def test_the_loss_of_a_pointer() -> None:
    """Two right words of four, one left out: by hand."""
    column = TAGS.index("total")
    targets = torch.zeros(1, 4, len(TAGS), dtype=torch.int8)
    targets[0, :, column] = torch.tensor([1, 1, 0, -1], dtype=torch.int8)
    logits = torch.zeros(1, 4, len(TAGS))
    logits[0, :, column] = torch.tensor([1.0, 2.0, 0.5, 9.0])
    known = torch.zeros(1, len(TAGS))
    known[0, column] = 0.5
    right = np.exp(1.0) + np.exp(2.0)
    expected = -0.5 * np.log(right / (right + np.exp(0.5) + 1))
    found = loss.loss_of(logits, targets, known)
    assert found[0, column].item() == pytest.approx(expected, abs=1e-5)
    assert found.sum().item() == pytest.approx(expected, abs=1e-5)
    targets[0, :2, column] = 0  # nothing to point at
    none = np.log(np.exp(1.0) + np.exp(2.0) + np.exp(0.5) + 1) * 0.5
    assert loss.loss_of(logits, targets, known)[0, column].item() == pytest.approx(none, abs=1e-5)


def test_the_loss_of_a_standing_tag() -> None:
    column = TAGS.index("vendor")
    targets = torch.full((1, 3, len(TAGS)), -1, dtype=torch.int8)
    targets[0, :2, column] = torch.tensor([1, 0], dtype=torch.int8)
    known = torch.zeros(1, len(TAGS))
    known[0, column] = 1.0
    found = loss.loss_of(torch.zeros(1, 3, len(TAGS)), targets, known)
    assert found.sum().item() == pytest.approx(2 * np.log(2) / 2, abs=1e-5)


def test_a_short_training_lowers_the_loss_and_repeats_itself(lesson: Any) -> None:
    schedule = training.Schedule(epochs=6, batch=4, rate=5e-3, seed=3)

    def run() -> tuple[list[float], Any]:
        told: list[float] = []
        average = training.train(small(), [lesson] * 12, schedule, lambda _, losses, __: told.append(sum(losses)))
        return told, average

    (first, one), (second, two) = run(), run()
    assert first == second and first[-1] < 0.6 * first[0]
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_batches_hold_every_sample_once(lesson: Any) -> None:
    sizes = [len(batch.known) for batch in training.batches([lesson] * 21, 4, Random(0))]
    assert sum(sizes) == 21 and max(sizes) == 4
    batch = training.batch_of([lesson])
    assert batch.chars.dtype == torch.int32 and batch.places.dtype == torch.float32
