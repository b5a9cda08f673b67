"""models.extractor: training data - noise as measured, alterations, synthetic receipts with their truth."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image
from places import EXAMPLE
from printed import laid_out

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

augment: Any = importlib.import_module("models.extractor.augment")
extractor: Any = importlib.import_module("models.extractor")
corpus: Any = importlib.import_module("models.extractor.corpus")
measuring: Any = importlib.import_module("models.extractor.measuring")
measured_by: Any = importlib.import_module("models.extractor.__main__")
noise: Any = importlib.import_module("models.extractor.noise")
noise_fit: Any = importlib.import_module("models.extractor.noise_fit")
readings: Any = importlib.import_module("models.extractor.readings")
samples: Any = importlib.import_module("models.extractor.samples")
synthesis: Any = importlib.import_module("models.extractor.synthesis")
train: Any = importlib.import_module("models.extractor.train")
training: Any = importlib.import_module("models.extractor.training")

from edgekit.errors import ImageError, UsageError  # noqa: E402
from edgekit.extract.items import find_items  # noqa: E402
from edgekit.extract.network import reading_of  # noqa: E402
from edgekit.extract.words import TAGS  # noqa: E402
from edgekit.types import Quad, TextLine  # noqa: E402
from models.rules.heldback import foreign_networks  # noqa: E402

PAPER = """\
*Blue Heron Diner
12/03/2019
Coffee | 9.00
Toast | 3.50
TOTAL | $12.50"""


@pytest.fixture(scope="module")
def rules() -> Any:
    return samples.Rules.of_bundle()


@pytest.fixture(scope="module")
def measured() -> Any:
    return noise.Noise.load()


def printed(text: str = PAPER) -> list[Any]:
    lines, rows = laid_out(text)
    row_of = {line: row for row, members in enumerate(rows) for line in members}
    return [
        noise.TaggedLine(line.text, tuple(range(len(line.text))), line.quad, row_of[i]) for i, line in enumerate(lines)
    ]


def silent(**changes: Any) -> Any:
    """Noise that does nothing but what is asked for."""
    quiet = {
        "characters": {},
        "receipts": (1.0, 1.0),
        "calm": 1.0,
        "rough": 1.0,
        "is_rough": 0.0,
        "lost": (0.0, 0.0, 0.0),
        "merged": (0.0, 0.0, 0.0),
        "split": 0.0,
        "smudges": 0.0,
        "jitter": 0.0,
        "sure": ((1.0, 1.0), (0.9, 0.9), (0.5, 0.5)),
    }
    known = dict.fromkeys(map(chr, range(32, 127)), ())
    return noise.Noise(**{**quiet, "characters": known, **changes})


def test_noise_is_the_same_for_a_seed_and_differs_between_seeds(measured: Any) -> None:
    runs = [noise.read_noisily(printed(), measured, Random(seed)) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_every_character_keeps_where_it_came_from(measured: Any) -> None:
    for seed in range(30):
        for line in noise.read_noisily(printed(), measured, Random(seed)):
            assert len(line.text) == len(line.tags) and line.text.strip()
            assert 0 <= line.confidence <= 1


def test_without_noise_nothing_changes() -> None:
    lines = printed()
    assert noise.read_noisily(lines, silent(), Random(0)) == lines


def test_each_kind_of_noise_does_what_it_says() -> None:
    lines, rng = printed(), Random(0)
    swapped = noise.read_noisily(lines, silent(characters={"0": (("O", 1.0),)}, rough=9.0, is_rough=1.0), rng)
    assert any("O" in line.text and line.confidence < 1 for line in swapped)
    joined = noise.read_noisily(lines, silent(merged=(1.0, 1.0, 1.0)), rng)
    assert [line.text for line in joined][2:] == ["Coffee 9.00", "Toast 3.50", "TOTAL $12.50"]
    assert joined[2].tags[6] == -1
    split = noise.read_noisily(lines, silent(split=1.0), rng)
    assert [line.text for line in split][:3] == ["Blue", "Heron", "Diner"]
    assert split[1].quad.top_left[0] == pytest.approx(9.0 * 5 * 16 / 16, abs=3)
    assert noise.read_noisily(lines, silent(lost=(1.0, 1.0, 1.0)), rng) == []
    assert any(line.row == -1 for line in noise.read_noisily(lines, silent(smudges=4.0), rng))


def test_unmeasured_letters_lose_their_accent_at_most() -> None:
    wild = silent(characters={}, receipts=(50.0, 50.0))
    (line,) = noise.read_noisily(printed("ÄÖÜ"), wild, Random(0))
    assert line.text == "AOU"


def test_measuring_finds_what_was_misread() -> None:
    box = Quad((0, 0), (90, 0), (90, 16), (0, 16))
    truth = [TextLine("TOTAL 10", box, 1.0)] * 1
    counts = noise_fit.Counts()
    for _ in range(5):
        noise_fit.count_receipt(counts, truth, [TextLine("T0TAL 10", box, 0.8)])
        noise_fit.count_receipt(counts, truth, [TextLine("total10", box, 0.9)])
    noise_fit.count_receipt(counts, truth, [])
    facts = noise_fit.summary(counts)
    assert facts["characters"]["O"] == [("0", 0.5)] and facts["characters"][" "] == [("", 0.5)]
    assert facts["characters"]["T"] == []
    assert facts["lost"] == [0.0, 0.0, round(1 / 11, 5)]
    assert facts["sure"][1][0] == 0.8 and facts["sure"][1][-1] == 0.9
    again = json.loads(noise_fit.written(facts))
    assert again["characters"]["O"] == [["0", 0.5]] and set(again) == set(facts)


def test_what_was_measured_can_be_written_and_loaded(tmp_path: Path, measured: Any) -> None:
    path = tmp_path / "noise.json"
    facts = {name: getattr(measured, name) for name in measured.__slots__}
    path.write_text(noise_fit.written(facts), encoding="utf-8")
    assert noise.Noise.load(path) == measured


@pytest.mark.parametrize(
    ("wanted", "got", "pairs"),
    [
        ("AB", "AB", [("A", "A"), ("B", "B")]),
        ("A B", "AB", [("A", "A"), (" ", ""), ("B", "B")]),
        ("AB", "AXB", [("A", "AX"), ("B", "B")]),
        ("AMB", "ARNB", [("A", "A"), ("M", "RN"), ("B", "B")]),
    ],
)
def test_characters_are_aligned(wanted: str, got: str, pairs: list[tuple[str, str]]) -> None:
    matcher = noise_fit.SequenceMatcher(None, wanted, got, autojunk=False)
    assert noise_fit.aligned(wanted, got, matcher) == pairs


def test_two_rates_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    bad = rng.random(4000) < 0.2
    pairs = [(int(rng.poisson(4.0 if rough else 0.5)), 1.0) for rough in bad]
    low, high, share = noise_fit.two_rates(pairs)
    assert (low, high, share) == (
        pytest.approx(0.5, abs=0.1),
        pytest.approx(4.0, abs=0.4),
        pytest.approx(0.2, abs=0.05),
    )


def test_alterations_are_the_same_for_a_seed() -> None:
    lines = printed()
    for seed in range(40):
        once, twice = (augment.altered(lines, Random(seed)) for _ in range(2))
        assert once == twice and once
        assert all(len(line.text) == len(line.tags) for line in once)
    assert len({tuple(line.text for line in augment.altered(lines, Random(seed))) for seed in range(40)}) > 5


def test_scrambling_keeps_the_shape_and_what_is_right(rules: Any) -> None:
    row = {"file": "x", "vendor": "Blue Heron Diner", "norm": {"total": 12.5}}
    sample = samples.labelled(row, laid_out(PAPER)[0], rules)
    before = sample.places.copy()
    found = [augment.scrambled(sample, np.random.default_rng(seed)) for seed in range(20)]
    assert (sample.places == before).all()
    for other in found:
        assert other.targets is sample.targets
        assert ((other.chars > 0) == (sample.chars > 0)).all()
    assert any((other.chars != sample.chars).any() for other in found)


def test_altered_pictures_are_the_same_for_a_seed() -> None:
    picture = Image.new("RGB", (200, 300), (230, 225, 220))
    one, two, other = (np.asarray(readings.altered(picture, seed)) for seed in (1, 1, 2))
    assert one.shape == two.shape and (one == two).all()
    assert one.shape != other.shape or (one != other).any()


def test_pictures_are_read_once_and_then_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache = tmp_path / "set", tmp_path / "cache"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(EXAMPLE.read_bytes())
    steps: list[int] = []
    first = readings.read_varied(folder, ["a.jpg"], 1, cache, lambda: steps.append(1))
    assert [len(found.lines) > 5 for found in first["a.jpg"]] == [True, True]
    assert first["a.jpg"][0] != first["a.jpg"][1] and len(steps) == 2
    monkeypatch.setattr(readings.Reader, "open", None)
    again = readings.read_varied(folder, ["a.jpg"], 1, cache, lambda: None)
    assert [[line.text for line in found.lines] for found in again["a.jpg"]] == [
        [line.text for line in found.lines] for found in first["a.jpg"]
    ]


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(EXAMPLE.read_bytes())
    cache = tmp_path / "cache"
    readings.read_varied(tmp_path, ["a.jpg"], 0, cache, lambda: None)
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(ImageError, match=r"a\.jpg: cannot be read"):
        readings.read_varied(tmp_path, ["a.jpg"], 1, cache, lambda: None)


def test_measuring_needs_labels(tmp_path: Path, capsys: Any) -> None:
    assert noise_fit.main(["--data", str(tmp_path), "--out", str(tmp_path / "noise.json")]) == 2
    assert "labels.jsonl: cannot be read" in capsys.readouterr().err


def test_a_synthetic_receipt_is_known_word_for_word(rules: Any) -> None:
    for seed in range(12):
        imitation = synthesis.imitated(seed, silent(), rules, alter=False)
        sample = synthesis.learnt(imitation)
        facts, texts = imitation.facts, imitation.sheet.texts

        def right(tag: str, sample: Any = sample, texts: Any = texts) -> list[str]:
            return [texts[i] for i in np.flatnonzero(sample.targets[:, TAGS.index(tag)] == samples.RIGHT)]

        assert (sample.known == 1).all()
        assert " ".join(right("vendor")) in (facts.vendor or "", f"{facts.vendor} {facts.vendor}")
        assert bool(right("date")) == (facts.date is not None)
        assert bool(right("total")) == (facts.total is not None)
        assert len({i for i in imitation.items if i >= 0}) == len(facts.items)


def test_the_truth_of_synthetic_items_is_decoded(rules: Any) -> None:
    """With perfect scores the line items come out again: what the network alone is measured with works."""
    rate = measuring.Rate()
    for seed in range(20):
        imitation = synthesis.imitated(seed, silent(), rules, alter=False)
        scores = np.where(synthesis.learnt(imitation).targets == samples.RIGHT, 5.0, -5.0).astype(np.float32)
        found = find_items(imitation.sheet.page, reading_of(imitation.sheet.words.spans, scores))
        rate.add(len(imitation.facts.items), len(found), measuring.matches(found, imitation.facts))
    assert rate.f1 > 0.9


def test_no_pointer_means_no_answer(rules: Any) -> None:
    sheet = samples.sheet_of(laid_out(PAPER)[0], rules)
    scores = np.full((len(sheet.texts), len(TAGS)), -3.0, np.float32)
    assert set(said(sheet, scores).values()) == {None}
    scores[sheet.texts.index("$12.50"), TAGS.index("total")] = 5.0
    scores[sheet.texts.index("12/03/2019"), TAGS.index("date")] = 5.0
    scores[:3, TAGS.index("vendor")] = 2.0
    found = said(sheet, scores)
    assert found["total"] == "12.50" and found["vendor"] == "Blue Heron Diner"
    assert found["date"] in ("2019-03-12", "2019-12-03") and found["tax"] is None


def said(sheet: Any, scores: Any) -> dict[str, str | None]:
    answers: dict[str, str | None] = measuring.answers(sheet, reading_of(sheet.words.spans, scores))
    return answers


def test_held_back_shops_are_not_trained_on() -> None:
    rows = [{"file": f"{i}.jpg", "vendor": f"Shop {i % 7}"} for i in range(70)]
    folds = {row["vendor"]: samples.fold_of(row) for row in rows}
    assert len({(row["vendor"], samples.fold_of(row)) for row in rows}) == 7
    assert set(folds.values()) <= set(range(samples.FOLDS))
    assert samples.fold_of({"file": "a", "vendor": None}) == samples.fold_of({"file": "a", "vendor": ""})


def test_jobs_are_fixed_and_sets_count_alike() -> None:
    made = [corpus.LabelledReading({"file": f"{i}"}, "a" if i else "b", ()) for i in range(4)]
    jobs = corpus.jobs_of(made, 12, 5, seed=2)
    assert jobs == corpus.jobs_of(made, 12, 5, seed=2)
    real = [job for job in jobs if job.reading is not None]
    assert [job.reading.name for job in real].count("a") == [job.reading.name for job in real].count("b") == 6
    assert [job.version for job in jobs if job.reading is None] == [10, 11, 12, 13, 14]


def test_training_runs_from_the_command_line(tmp_path: Path, capsys: Any) -> None:
    out, runs = tmp_path / "net", tmp_path / "runs"
    small = ["--synthetic", "8", "--epochs", "1", "--measure", "1", "--out", str(out), "--runs", str(runs)]
    assert train.main(small) == 0
    assert {path.name for path in out.iterdir()} == {"config.json", "model.safetensors"}
    assert json.loads((runs / "config.json").read_text("utf-8"))["synthetic"] == 8
    (line,) = (runs / "log.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["epoch"] == 1 and set(json.loads(line)["loss"]) == set(TAGS)
    assert (runs / "curve.csv").read_text("utf-8").startswith("step,loss\n0,")
    assert "epoch 1" in capsys.readouterr().out


def test_a_network_is_trained_further(tmp_path: Path) -> None:
    out, runs = tmp_path / "net", tmp_path / "runs"
    small = ["--synthetic", "8", "--epochs", "1", "--measure", "1", "--out", str(out), "--runs", str(runs)]
    assert train.main([*small, "--start", str(extractor.CHECKPOINT)]) == 0
    facts = json.loads((runs / "config.json").read_text("utf-8"))
    assert facts["further"] and facts["schedule"]["rate"] == training.Schedule().rate / 2
    apart = [
        float((old - new).detach().abs().max())
        for old, new in zip(extractor.load().parameters(), extractor.load(out).parameters(), strict=True)
    ]
    assert 0 < max(apart) < 0.1  # still the network it started from
    assert extractor.load(out).config.trained_on == extractor.load().config.trained_on == ["expressexpense", "sroie"]


def test_a_network_that_knows_a_set_does_not_answer_for_it(tmp_path: Path) -> None:
    data, option = [tmp_path / "sroie", tmp_path / "photos"], f"={extractor.CHECKPOINT}"
    with pytest.raises(UsageError, match=r"this network was trained on sroie.*train one from scratch without"):
        foreign_networks([f"sroie{option}"], data)
    assert set(foreign_networks([f"photos{option}"], data)) == {"photos"}


def test_a_network_that_names_no_sets_is_taken_for_nothing_new(tmp_path: Path, capsys: Any) -> None:
    old = tmp_path / "old"
    shutil.copytree(extractor.CHECKPOINT, old)
    facts = json.loads((old / "config.json").read_text("utf-8"))
    (old / "config.json").write_text(json.dumps({k: v for k, v in facts.items() if k != "trained_on"}), "utf-8")
    with pytest.raises(UsageError, match=r"old: config.json does not name the sets"):
        foreign_networks([f"sroie={old}"], [tmp_path / "sroie"])
    assert train.main(["--synthetic", "8", "--start", str(old), "--out", str(tmp_path / "net")]) == 2
    assert "does not name the sets" in capsys.readouterr().err


def test_a_name_may_be_misread_more_than_the_rest() -> None:
    lines, swaps = printed("0000 0000"), {"0": (("O", 0.5),)}
    (calm,) = noise.read_noisily(lines, silent(characters=swaps), Random(0), 0.0)
    (worn,) = noise.read_noisily(lines, silent(characters=swaps), Random(0), 0.01, {lines[0].row: 100.0})
    assert calm.text == lines[0].text and "O" in worn.text


def test_stray_lines_stand_above_or_among_the_others() -> None:
    lines = printed("Blue Heron Diner")
    seen = [augment._strays(lines, Random(seed)) for seed in range(40)]
    assert {len(strays) for strays in seen} == {1, 2, 3}
    assert all(line.row == -1 and set(line.tags) == {-1} and line.text.strip() for s in seen for line in s)
    assert all(line.quad.top_left[1] < lines[0].quad.top_left[1] for s in seen for line in s)


def test_training_on_nothing_is_refused(tmp_path: Path, capsys: Any) -> None:
    assert train.main(["--synthetic", "0", "--out", str(tmp_path)]) == 2
    assert "nothing to train on" in capsys.readouterr().err


def test_the_shipped_network_is_measured_from_the_command_line(capsys: Any) -> None:
    assert measured_by.main(["--synthetic", "25"]) == 0
    scores = {line[:32].strip(): float(line[32:]) for line in capsys.readouterr().out.splitlines()}
    assert scores["synthetic total"] >= 0.85 and scores["synthetic items"] >= 0.8


def test_measuring_needs_a_network(tmp_path: Path, capsys: Any) -> None:
    assert measured_by.main(["--checkpoint", str(tmp_path)]) == 2
    assert "no extraction network" in capsys.readouterr().err
