from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from printed import laid_out, params
from scored import Table

import edgekit.cli.train
from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.calibration import FieldCalibration
from edgekit.cli import codes, main
from edgekit.decode import Source
from edgekit.errors import UsageError
from edgekit.evaluation import load_labels
from edgekit.extract import CLASSICAL, JOINT, ExtractParams, How
from edgekit.reader import Reader
from edgekit.session import open_session
from edgekit.strict import to_plain
from edgekit.training.calibrating import composed
from edgekit.training.samples import FOLDS, Material, check_rows, deal, read_material
from edgekit.training.tuning import GAIN, Base, tune
from edgekit.training.writing import Evidence, write_tuned
from edgekit.types import Receipt

RECEIPT = """
{shop} LTD
12 Harbour Lane
{day:02}/03/2026 | 10:{day:02}
Tea | 3.25
Cake | {cake}
Subtotal | {before}
Tax | 0.50
Total | {total}
"""
SHOPS = [f"{a} {b}" for a in ("North", "South", "Old", "New") for b in ("Bakery", "Books", "Garden", "Tools", "Tea")]


class Paper:
    """Stands in for a reader: a picture's lines are those written into it, which is quicker than to read them."""

    def __init__(self, reader: Reader, bundle: Bundle | None = None, rung: str | None = None) -> None:
        self.bundle = bundle or reader.bundle
        self.rung = rung or reader.rung
        self._reader = reader

    def read(self, source: Source) -> Receipt:
        assert isinstance(source, Path)
        lines, _ = laid_out(source.read_text(encoding="utf-8"))
        return self._reader.extract(lines, 700, 400)


def label_of(i: int) -> dict[str, Any]:
    total = 3.25 + 4 + i / 10 + 0.5
    return {
        "file": f"{i}.txt",
        "vendor": f"{SHOPS[i % len(SHOPS)]} Ltd",
        "date": f"2026-03-{i % 27 + 1:02}",
        "total": f"{total:.2f}",
        "tax": 0.5,
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """24 receipts of 20 shops, as text."""
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [label_of(i) for i in range(24)]
    for i, row in enumerate(rows):
        cake, total = 4 + i / 10, float(row["total"])
        text = RECEIPT.format(
            shop=SHOPS[i % len(SHOPS)],
            day=i % 27 + 1,
            cake=f"{cake:.2f}",
            before=f"{total - 0.5:.2f}",
            total=f"{total:.2f}",
        )
        (folder / row["file"]).write_text(text, encoding="utf-8")
    write_labels(folder, rows)
    return folder


def write_labels(folder: Path, rows: list[dict[str, Any]]) -> None:
    (folder / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def material_of(folder: Path, reader: Reader, constants: ExtractParams | None = None) -> Material:
    rows = check_rows(folder, None)
    return read_material(folder, rows, Paper(reader), constants or params(), lambda: None)  # type: ignore[arg-type]


def blind() -> ExtractParams:
    """Constants under which no amount is more like a total than another."""
    return replace(params(), total_weights=(0.0,) * len(params().total_weights), calibration={})


def test_plain_labels_are_normalised(data: Path) -> None:
    row = load_labels(data)[3]
    assert row["norm"] == {"date_readings": ["2026-03-04"], "total": 8.05, "tax": 0.5}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"date": "14/03/2026"}, "date '14/03/2026' is no day: write it as YYYY-MM-DD, or null"),
        ({"date": "2026-02-30"}, "date '2026-02-30' is no day"),
        ({"date": 20260314}, "date 20260314 is no day"),
        ({"total": "12,50"}, "total '12,50' is no amount: write it like 1234.50, or null"),
        ({"tax": True}, "tax True is no amount"),
        ({"tax": float("nan")}, "tax nan is no amount"),
        ({"vendor": 7}, "vendor 7 is no text: write it as printed, or null"),
    ],
)
def test_labels_that_cannot_be_read_are_told_with_their_line(data: Path, change: dict[str, Any], part: str) -> None:
    write_labels(data, [label_of(0), {**label_of(1), **change}])
    with pytest.raises(UsageError) as caught:
        load_labels(data)
    assert f"labels.jsonl, line 2: {part}" in str(caught.value)


def test_too_few_receipts_or_shops_or_pictures_are_told_before_anything_is_read(data: Path) -> None:
    rows = [label_of(i) for i in range(24)]
    unlabelled = {"file": "x.txt", "vendor": None, "date": None}
    write_labels(data, [*rows[:19], unlabelled])
    with pytest.raises(UsageError, match="19 labelled receipts: give 20 at least; with 50 it is worth a try"):
        check_rows(data, None)
    write_labels(data, [{**row, "vendor": "One Shop"} for row in rows])
    with pytest.raises(UsageError, match="receipts of 1 shops only: add 4 shops"):
        check_rows(data, None)
    write_labels(data, [{**row, "file": f"gone{i}.txt"} if i < 5 else row for i, row in enumerate(rows)])
    with pytest.raises(UsageError, match=r"5 pictures are missing \(gone0\.txt, gone1\.txt, gone2\.txt and 2 more\)"):
        check_rows(data, None)
    with pytest.raises(UsageError, match="no row of split 'mine'"):
        check_rows(data, "mine")


def test_labels_that_are_nowhere_on_the_picture_are_named(data: Path, reader: Reader) -> None:
    rows = [label_of(i) for i in range(24)]
    rows[0] |= {"total": 999.0, "vendor": "Quite Another"}
    rows[1] |= {"date": "2001-01-01", "tax": 77}
    write_labels(data, rows)
    found = [(one.field, one.file, one.value) for one in material_of(data, reader).unmatched]
    assert found == [
        ("vendor", "0.txt", "Quite Another"),
        ("total", "0.txt", "999.0"),
        ("date", "1.txt", "2001-01-01"),
        ("tax", "1.txt", "77.0"),
    ]


def test_a_field_whose_labels_never_match_is_refused(data: Path, reader: Reader) -> None:
    write_labels(data, [{**label_of(i), "total": 1000 + i} for i in range(24)])
    with pytest.raises(UsageError, match=r"total: none of 24 labels is on its picture \(0\.txt '1000\.0', 1\.txt"):
        material_of(data, reader)


@given(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=60))
def test_shops_are_dealt_evenly_and_never_parted(shops: list[str]) -> None:
    folds = deal(shops)
    assert set(folds) == set(shops)
    filled = [sum(shops.count(shop) for shop, at in folds.items() if at == fold) for fold in range(FOLDS)]
    largest = max(shops.count(shop) for shop in shops)
    assert max(filled) - min(filled) <= largest
    assert folds == deal(sorted(shops))


def test_what_the_base_cannot_do_is_learnt_from_other_shops(data: Path, reader: Reader) -> None:
    material = material_of(data, reader, blind())
    tuned = tune(material.samples, Base(blind(), How(), None))
    total = tuned.fields["total"]
    assert (total.known, total.right_after) == (24, 24)
    assert total.right_before < 12
    assert tuned.parts[0] == "total_weights"
    assert tuned.is_better
    again = tune(material.samples, Base(blind(), How(), None))
    assert again == tuned


def test_joint_learns_the_points_that_it_ranks_by(data: Path, reader: Reader) -> None:
    known = params().joint
    joint = replace(known, total_rules=(0.0,) * len(known.total_rules), total_weights=(1.0, 0.0, 0.0, 0.0, 0.0))
    dull = replace(params(), joint=joint, calibration={})
    session = open_session(reader.bundle, "extract", "onnxruntime", "fp32", 1)
    tuned = tune(material_of(data, reader, dull).samples, Base(dull, How(JOINT), session))
    assert tuned.parts[0] == "total_weights"
    assert tuned.fields["total"].right_after > tuned.fields["total"].right_before
    assert any(tuned.constants["joint"]["total_rules"])
    assert tuned.constants["joint"]["date_weights"] == list(known.date_weights)
    assert "total_weights" not in tuned.constants


def test_what_the_base_can_do_is_left_alone(data: Path, reader: Reader) -> None:
    tuned = tune(material_of(data, reader).samples, Base(params(), How(), None))
    assert tuned.parts == ()
    for report in tuned.fields.values():
        assert report.right_after == report.right_before
        assert report.loss_before is not None
        assert report.loss_after is not None
        gained = report.loss_before - report.loss_after
        assert (report.calibrated == "raw" and gained == 0) or gained > GAIN


def test_answers_too_doubtful_to_be_given_teach_their_map(data: Path, reader: Reader) -> None:
    """All totals are right, and the base would give none of them."""
    shy = {"total": {"knots": [[0.0, 0.1], [1.0, 0.2]], "risks": [], "answers": 9}}
    constants = replace(params(), calibration={CLASSICAL: shy})
    tuned = tune(material_of(data, reader, constants).samples, Base(constants, How(), None))
    report = tuned.fields["total"]
    assert report.loss_before is not None and report.loss_after is not None
    assert report.loss_after < report.loss_before
    knots = tuned.constants["calibration"][CLASSICAL]["total"]["knots"]
    assert knots[-1][1] > constants.answer_threshold  # now they are


def test_one_map_for_two() -> None:
    first = FieldCalibration(((0.1, 0.2), (0.9, 0.8)), ((0.5, 0.1),), 100)
    second = FieldCalibration(((0.0, 0.1), (1.0, 0.6)), ((0.9, 0.3),), 20)
    both = composed(first, second)
    for raw in (0.05, 0.1, 0.5, 0.9, 0.99):
        assert both.probability(raw) == pytest.approx(second.probability(first.probability(raw)), abs=2e-3)
    assert (both.risks, both.answers) == (first.risks, 120)
    assert composed(None, second) == second


@pytest.fixture
def base(tmp_path: Path, reader: Reader) -> Path:
    """A bundle like the default one, but blind."""
    bundle = reader.bundle
    stage = bundle.stage("extract")
    changed = {"total_weights": list(blind().total_weights), "calibration": {}}
    stages = {**bundle.manifest.stages, "extract": replace(stage, params={**to_plain(stage.params), **changed})}
    contents = {name: bundle.read(name) for name in bundle.manifest.files}
    write_bundle(tmp_path / "base", replace(bundle.manifest, stages=stages), contents)
    return tmp_path / "base"


@pytest.fixture
def on_paper(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], None]:
    def use(path: Path | None) -> None:
        monkeypatch.setattr(edgekit.cli.train, "open_reader", lambda o: Paper(reader, Bundle.open(path), o.extractor))

    return use


def test_the_command_writes_a_better_bundle(
    data: Path, base: Path, on_paper: Callable[[Path | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    on_paper(base)
    out = base.parent / "tuned.zip"
    words = ["train", "extractor", "--data", str(data), "--base", str(base), "--out", str(out)]
    words += ["--extractor", "classical"]
    assert main(words) == codes.OK
    captured = capsys.readouterr()
    assert "24 receipts of 20 shops" in captured.out
    assert "weights taken: total_weights" in captured.out
    assert captured.err.endswith(f"measure it with: edgekit eval {data} --bundle {out}\n")
    bundle = Bundle.open(out)
    assert bundle.manifest.version.endswith("+tuned")
    source = bundle.manifest.sources[-1]
    assert source.sha256 == Bundle.open(base).digest
    assert "24 receipts of 20 shops, labels.jsonl sha256 " in source.changes
    assert "-> 24 of 24 right" in source.changes
    lines, _ = laid_out((data / "5.txt").read_text(encoding="utf-8"))
    opened = [Reader.open(path, threads=1, extractor="classical") for path in (base, out)]
    before, after = (one.extract(lines, 700, 400).total for one in opened)
    assert after is not None
    assert f"{after.value:.2f}" == label_of(5)["total"]
    assert before is None or before.value != after.value
    assert main(words) == codes.USAGE
    assert "is already there: choose another place, or add --overwrite" in capsys.readouterr().err


def test_a_bundle_that_is_no_better_is_not_written(
    data: Path,
    tmp_path: Path,
    on_paper: Callable[[Path | None], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_paper(None)
    monkeypatch.setattr("edgekit.training.tuning.GAIN", 9.0)
    out = tmp_path / "tuned"
    words = ["train", "extractor", "--data", str(data), "--out", str(out)]
    assert main(words) == codes.NOT_BETTER
    captured = capsys.readouterr()
    assert "weights taken: none, those of the base were as good" in captured.out
    assert captured.err == (
        f"error: {out}: not written: nothing got better on shops held back: add receipts, or write it with --force\n"
    )
    assert not out.exists()
    assert main([*words, "--force"]) == codes.OK
    assert "tuned: nothing; on 24 receipts" in Bundle.open(out).manifest.sources[-1].changes


def test_unmatched_labels_are_warned_of(
    data: Path, tmp_path: Path, on_paper: Callable[[Path | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    on_paper(None)
    write_labels(data, [{**label_of(i), "tax": 77} if i < 5 else label_of(i) for i in range(24)])
    main(["train", "extractor", "--data", str(data), "--out", str(tmp_path / "tuned"), "--force"])
    some = "0.txt '77.0', 1.txt '77.0', 2.txt '77.0' and 2 more"
    assert f"warning: tax: 5 labels were not found on what was read: {some}\n" in capsys.readouterr().err


def test_wrong_places_are_told_at_once(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, part in (
        (["--data", str(tmp_path / "absent"), "--out", str(tmp_path / "b")], "labels.jsonl: cannot be read"),
        (["--data", str(data), "--out", str(tmp_path / "absent" / "b")], "its folder does not exist: make it first"),
        (["--data", str(data), "--out", str(tmp_path)], "is already there"),
    ):
        assert main(["train", "extractor", *words]) == codes.USAGE
        assert part in capsys.readouterr().err


def test_a_picture_that_cannot_be_read_stops_it(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The real reader: what these files hold is no picture."""
    assert main(["train", "extractor", "--data", str(data), "--out", str(tmp_path / "b")]) == codes.PICTURE_FAILED
    assert capsys.readouterr().err.startswith(f"error: {data / '0.txt'}: ")


def test_a_real_picture_becomes_a_sample(tmp_path: Path, reader: Reader) -> None:
    for i in range(20):
        Image.new("RGB", (60, 40), "white").save(tmp_path / f"{i}.png")
    write_labels(tmp_path, [{**label_of(i), "file": f"{i}.png", "tax": None} for i in range(20)])
    with pytest.raises(UsageError, match="vendor: none of 20 labels is on its picture"):
        read_material(tmp_path, check_rows(tmp_path, None), reader, params(), lambda: None)


def test_evidence_without_answers_has_no_loss(data: Path, tmp_path: Path, reader: Reader) -> None:
    material = material_of(data, reader)
    tuned = tune(material.samples, Base(params(), How(), None))
    silent = replace(tuned.fields["tax"], loss_before=None, loss_after=None)
    written = write_tuned(
        reader.bundle, Evidence(material, replace(tuned, fields={"tax": silent})), tmp_path / "out", overwrite=False
    )
    assert written.manifest.sources[-1].changes.endswith("right")


def test_a_rung_with_a_network_is_tuned_too(data: Path, reader: Reader) -> None:
    """The network points at what stands beside "Total", so nothing is left to learn but the confidences."""
    material = material_of(data, reader)
    totals = [row["total"] for row in map(label_of, range(24))]
    base = Base(params(), How(JOINT), Table({"total": totals}))
    tuned = tune(material.samples, base)
    assert tuned.fields["total"].right_after >= tuned.fields["total"].right_before > 20
    assert set(tuned.constants["calibration"]) == {*params().calibration, JOINT}
