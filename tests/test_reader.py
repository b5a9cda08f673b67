"""The reader end to end, on the synthetic receipt that comes with the project."""

import gc
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from places import EXAMPLE
from scored import networked_bundle

from edgekit import errors
from edgekit.reader import Reader
from edgekit.types import Receipt


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.open(EXAMPLE).convert("RGB")


def values(receipt: object) -> dict[str, object]:
    names = ("vendor", "date", "time", "currency", "subtotal", "tax", "total")
    return {name: found.value if (found := getattr(receipt, name)) else None for name in names}


def test_every_kind_of_source_gives_the_same_receipt(reader: Reader, photo: Image.Image) -> None:
    expected = reader.read(EXAMPLE)
    assert reader.read(str(EXAMPLE)) == expected
    assert reader.read(EXAMPLE.read_bytes()) == expected
    assert reader.read(photo) == expected
    assert reader.read(np.asarray(photo)) == expected


def test_lines_are_in_reading_order_and_inside_the_picture(reader: Reader) -> None:
    receipt = reader.read(EXAMPLE)
    assert [i for row in receipt.rows for i in row] == list(range(len(receipt.lines)))
    assert all(line.text.strip() and 0 < line.confidence <= 1 for line in receipt.lines)
    for line in receipt.lines:
        x, y = (sum(point[k] for point in line.quad.points) / 4 for k in (0, 1))
        assert 0 < x < receipt.width
        assert 0 < y < receipt.height


@pytest.mark.parametrize("degrees", [90, 180, 270, 10, -10])
def test_a_turned_photo_has_the_same_fields(reader: Reader, photo: Image.Image, degrees: int) -> None:
    turned = photo.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(120, 110, 100))
    receipt = reader.read(turned)
    assert values(receipt) == values(reader.read(photo))
    assert receipt.rotation == (degrees if degrees % 90 == 0 else 0)
    assert (receipt.width, receipt.height) == turned.size


def test_quads_of_a_turned_photo_lie_on_it(reader: Reader, photo: Image.Image) -> None:
    upright = reader.read(photo).total
    turned = reader.read(photo.transpose(Image.Transpose.ROTATE_180))
    assert upright is not None
    assert turned.total is not None
    start = reader.read(photo).lines[upright.lines[-1]].quad.top_left
    where = turned.lines[turned.total.lines[-1]].quad.top_left
    assert where == pytest.approx((photo.width - start[0], photo.height - start[1]), abs=8)


def test_a_large_photo_is_read_at_reduced_size_and_quads_are_scaled_back(reader: Reader, photo: Image.Image) -> None:
    large = photo.resize((photo.width * 3, photo.height * 3), Image.Resampling.BICUBIC)
    receipt = reader.read(large)
    assert (receipt.width, receipt.height) == large.size
    assert values(receipt) == values(reader.read(photo))
    assert receipt.lines[0].quad.top_left[1] == pytest.approx(3 * reader.read(photo).lines[0].quad.top_left[1], abs=12)


def test_threads_share_a_reader(reader: Reader, photo: Image.Image) -> None:
    pictures = [photo, photo.rotate(180), photo.crop((0, 0, photo.width, photo.height // 2))]
    expected = [reader.read(picture).to_json() for picture in pictures]
    found: dict[int, list[str]] = {}

    def work(number: int) -> None:
        found[number] = [reader.read(picture).to_json() for picture in pictures]

    workers = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert list(found.values()) == [expected] * 3


def test_a_second_reader_gives_the_same_answer(reader: Reader) -> None:
    again = Reader.open(threads=1)
    again.warm_up()
    assert again.read(EXAMPLE).to_json() == reader.read(EXAMPLE).to_json()


def test_many_are_read_lazily_and_one_bad_picture_stops_nothing(reader: Reader, photo: Image.Image) -> None:
    alive: list[object] = []

    def sources() -> Iterator[object]:
        for source in (photo.copy(), b"not a picture", photo.copy()):
            alive.append(source)
            yield source

    outcomes = reader.read_many(sources())  # type: ignore[arg-type]
    assert not alive
    first = next(outcomes)
    assert len(alive) == 1
    assert first.receipt is not None
    second, third = outcomes
    assert isinstance(second.error, errors.ImageError)
    assert second.receipt is None
    assert third.receipt is not None
    assert third.error is None


def test_many_keeps_no_picture_alive(reader: Reader) -> None:
    class Tracked(Image.Image):
        count = 0

        def __init__(self) -> None:
            super().__init__()
            Tracked.count += 1

        def __del__(self) -> None:
            Tracked.count -= 1

    def blank() -> Image.Image:
        picture = Tracked()
        white = Image.new("RGB", (64, 64), "white")
        picture.im, picture._mode, picture._size = white.im, white.mode, white.size
        return picture

    most = 0
    for _ in reader.read_many(blank() for _ in range(6)):
        gc.collect()
        most = max(most, Tracked.count)
    assert most <= 2


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3), (33, 33)])
def test_a_picture_without_text_is_a_receipt_without_lines(reader: Reader, size: tuple[int, int]) -> None:
    receipt = reader.read(Image.new("RGB", size, "white"))
    assert (receipt.lines, receipt.rows) == ((), ())
    assert set(values(receipt).values()) == {None}
    assert (receipt.width, receipt.height) == size


def test_json_keeps_every_cent(reader: Reader) -> None:
    receipt = reader.read(EXAMPLE)
    assert receipt.total is not None
    assert isinstance(receipt.total.value, Decimal)
    assert receipt.to_dict()["fields"]["total"]["value"] == str(receipt.total.value)
    assert len(str(receipt.total.value).split(".")[1]) == 2


def test_stages_are_timed(reader: Reader) -> None:
    receipt, timings = reader.read_timed(EXAMPLE)
    assert receipt == reader.read(EXAMPLE)
    assert list(timings.stages) == ["decode", "detect", "recognize", "layout", "extract"]
    assert timings.total == pytest.approx(sum(timings.stages.values()))
    assert all(seconds >= 0 for seconds in timings.stages.values())


def test_several_receipts_of_other_shapes_do_not_change_the_answer(reader: Reader, photo: Image.Image) -> None:
    before = reader.read(EXAMPLE).to_json()
    for width, height in ((300, 900), (900, 300), (640, 641)):
        page = Image.new("RGB", (width, height), "white")
        ImageDraw.Draw(page).text((20, 20), "TOTAL 9.00", fill="black", font_size=30)
        reader.read(page)
    assert reader.read(EXAMPLE).to_json() == before


def test_wrong_calls_name_the_mend(tmp_path: Path) -> None:
    with pytest.raises(errors.UsageError, match="give 1 or more"):
        Reader.open(threads=0)
    with pytest.raises(errors.BackendError, match="choose one of .*onnxruntime"):
        Reader.open(backend="tensorrt")
    with pytest.raises(errors.MissingGraphError, match="fp32"):
        Reader.open(precision="int8")
    with pytest.raises(errors.BundleError, match="no such bundle"):
        Reader.open(tmp_path / "absent")


@pytest.fixture(scope="module")
def networked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return networked_bundle(tmp_path_factory.mktemp("bundles") / "networked")


def test_a_bundle_with_the_network_opens_on_every_rung(networked: Path) -> None:
    for rung in ("rules", "classical", "network", "joint"):
        opened = Reader.open(networked, threads=1, extractor=rung)
        assert opened.rung == rung
        receipt = opened.read(EXAMPLE)
        assert receipt.total is not None
        assert bool(receipt.items) == (rung in ("network", "joint"))
        assert receipt.to_dict()["items"] == [item.to_dict() for item in receipt.items]
        assert opened.read(EXAMPLE) == receipt


def test_the_rung_is_the_choice_of_the_bundle(networked: Path, tmp_path: Path, reader: Reader) -> None:
    assert Reader.open(networked, threads=1).rung == reader.bundle.stage("extract").params["rung"]
    assert Reader.open(networked_bundle(tmp_path / "b", rung="network"), threads=1).rung == "network"
    assert reader.rung == Reader.open(threads=1).rung


def test_a_bundle_without_the_network_says_what_it_has(tmp_path: Path) -> None:
    bare = networked_bundle(tmp_path / "bare", graphs=False, rung="joint")
    assert Reader.open(bare, threads=1).rung == "classical"
    for rung in ("network", "joint"):
        with pytest.raises(errors.MissingGraphError, match=f"extractor='{rung}': choose 'rules' or 'classical'"):
            Reader.open(bare, threads=1, extractor=rung)
    with pytest.raises(errors.UsageError, match="choose one of rules, classical, network, joint"):
        Reader.open(bare, extractor="best")
    with pytest.raises(errors.UsageError, match="between 0 and 1"):
        Reader.open(bare, review_error=2.0)


def test_a_rung_the_bundle_does_not_know_is_told(tmp_path: Path) -> None:
    with pytest.raises(errors.UsageError, match="choose one of"):
        Reader.open(networked_bundle(tmp_path / "odd", rung="best"), threads=1)


def test_a_bundle_with_too_few_weights_is_not_opened(tmp_path: Path, reader: Reader) -> None:
    joint = dict(reader.bundle.stage("extract").params["joint"])
    short = networked_bundle(tmp_path / "short", joint={**joint, "total_rules": joint["total_rules"][1:]})
    for rung in ("rules", "joint"):
        with pytest.raises(errors.ManifestError) as caught:
            Reader.open(short, threads=1, extractor=rung)
        count = len(joint["total_rules"])
        told = f"{short}: stages.extract.params.joint.total_rules: has {count - 1} weights; write {count}"
        assert str(caught.value) == told


def test_lines_that_something_else_read_give_the_same_fields(reader: Reader) -> None:
    receipt = reader.read(EXAMPLE)
    again = reader.extract(list(reversed(receipt.lines)), receipt.width, receipt.height)
    assert (again.fields, again.rows, again.lines) == (receipt.fields, receipt.rows, receipt.lines)
    assert reader.extract([], 9, 9) == Receipt((), (), 9, 9)


def test_nobody_is_asked_without_doubt(tmp_path: Path) -> None:
    asked: list[Receipt] = []
    trusting = networked_bundle(tmp_path / "trusting", calibration={}, review_threshold=0.0)
    opened = Reader.open(trusting, threads=1, extractor="classical", escalate=lambda image, seen: asked.append(seen))
    _, timings = opened.read_timed(EXAMPLE)
    opened.read(Image.new("RGB", (64, 64), "white"))
    assert not asked and "escalate" not in timings.stages


def test_in_doubt_the_function_is_asked_with_the_upright_picture(tmp_path: Path, photo: Image.Image) -> None:
    wary = networked_bundle(tmp_path / "wary", calibration={}, review_threshold=1.01)
    sizes: list[tuple[int, int]] = []

    def answer(image: Image.Image, seen: Receipt) -> dict[str, str]:
        assert image.mode == "RGB" and seen.total is not None and seen.total.needs_review
        sizes.append(image.size)
        return {"total": "1.23", "vendor": "Somewhere Else"}

    opened = Reader.open(wary, threads=1, extractor="classical", escalate=answer)
    receipt, timings = opened.read_timed(photo)
    assert receipt.total is not None and receipt.vendor is not None
    assert (str(receipt.total.value), receipt.total.source) == ("1.23", "escalated")
    assert receipt.vendor.value == "Somewhere Else"
    assert list(timings.stages) == ["decode", "detect", "recognize", "layout", "extract", "escalate"]
    opened.read(photo.transpose(Image.Transpose.ROTATE_90))
    opened.read(photo.convert("L"))  # inside, a picture without colour has one channel
    assert sizes == [photo.size] * 3


def test_a_function_that_fails_costs_a_warning_only(tmp_path: Path) -> None:
    def fail(image: Image.Image, seen: Receipt) -> None:
        raise OSError("no route to host")

    wary = networked_bundle(tmp_path / "wary", calibration={}, review_threshold=1.01)
    failing = Reader.open(wary, threads=1, extractor="classical", escalate=fail)
    plain = Reader.open(wary, threads=1, extractor="classical").read(EXAMPLE)
    receipt = failing.read(EXAMPLE)
    assert receipt.fields == plain.fields
    assert receipt.warnings == ("escalation failed (OSError: no route to host): the local answers stand",)


def test_threads_may_ask_at_once(tmp_path: Path) -> None:
    wary = networked_bundle(tmp_path / "wary", calibration={}, review_threshold=1.01)
    opened = Reader.open(wary, threads=1, escalate=lambda image, seen: {"total": str(len(seen.lines))})
    expected, found = opened.read(EXAMPLE), []
    workers = [threading.Thread(target=lambda: found.append(opened.read(EXAMPLE))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected] * 3
