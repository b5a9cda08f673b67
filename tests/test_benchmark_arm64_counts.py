"""Instructions counted by kind, and what they are estimated to cost."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import EXAMPLE, ROOT

from benchmarks import results
from benchmarks.arm64 import __main__ as cli
from benchmarks.arm64 import commands, costs, counting, plugged
from benchmarks.arm64 import root as roots
from benchmarks.arm64.blocks import KINDS, Block, kinds, parse, tally
from benchmarks.arm64.cache import Cache
from benchmarks.arm64.costs import MODELS, encodings, estimate, hottest
from benchmarks.arm64.inside.counted import MARKS
from benchmarks.arm64.system import UnavailableError
from edgekit.errors import BackendError

ASSEMBLED = {
    "fma32": {0x4E22CC20: "fmla v0.4s, v1.4s, v2.4s", 0x0EA2CC20: "fmls v0.2s, v1.2s, v2.2s"}
    | {0x4FA21820: "fmla v0.4s, v1.4s, v2.s[3]", 0x4FA253DF: "fmls v31.4s, v30.4s, v2.s[1]"},
    "fma16": {0x4E420C20: "fmla v0.8h, v1.8h, v2.8h", 0x4F121820: "fmla v0.8h, v1.8h, v2.h[5]"},
    "fma_scalar": {0x1F020C20: "fmadd s0, s1, s2, s3", 0x1F628C20: "fnmsub d0, d1, d2, d3"},
    "dot8": {0x4E829420: "sdot v0.4s, v1.16b, v2.16b", 0x2E829420: "udot v0.2s, v1.8b, v2.8b"}
    | {0x6FA2E820: "udot v0.4s, v1.16b, v2.4b[3]", 0x4E829C20: "usdot v0.4s, v1.16b, v2.16b"}
    | {0x4F02F820: "sudot v0.4s, v1.16b, v2.4b[2]", 0x4F82F820: "usdot v0.4s, v1.16b, v2.4b[2]"},
    "mmla8": {0x4E82A420: "smmla v0.4s, v1.16b, v2.16b", 0x4E82AC20: "usmmla v0.4s, v1.16b, v2.16b"},
    "widening": {0x0E228020: "smlal v0.8h, v1.8b, v2.8b", 0x6E22C020: "umull2 v0.8h, v1.16b, v2.16b"}
    | {0x0F722020: "smlal v0.4s, v1.4h, v2.h[3]", 0x4F72A020: "smull2 v0.4s, v1.8h, v2.h[3]"}
    | {0x6E606820: "uadalp v0.4s, v1.8h", 0x4E606820: "sadalp v0.4s, v1.8h"},
    "simd": {0x4E62CC20: "fmla v0.2d, v1.2d, v2.2d", 0x4E22D420: "fadd v0.4s, v1.4s, v2.4s"}
    | {0x4F829020: "fmul v0.4s, v1.4s, v2.s[0]", 0x1E220000: "scvtf s0, w0", 0x4F000400: "movi v0.4s, #0"},
    "sve": {0x65A20020: "fmla z0.s, p0/m, z1.s, z2.s"},
    "load": {0x3DC00020: "ldr q0, [x1]", 0xF9400420: "ldr x0, [x1, #8]", 0xB9800020: "ldrsw x0, [x1]"}
    | {0xAD400440: "ldp q0, q1, [x2]", 0x4C40A800: "ld1 { v0.4s, v1.4s }, [x0]", 0x58000080: "ldr x0, #16"}
    | {0x3CDF0001: "ldur q1, [x0, #-16]", 0xC85FFC20: "ldaxr x0, [x1]", 0x78E26820: "ldrsh w0, [x1, x2]"},
    "store": {0x3D800020: "str q0, [x1]", 0xA9BF7BFD: "stp x29, x30, [sp, #-16]!", 0x39000020: "strb w0, [x1]"}
    | {0x4C9F7800: "st1 { v0.4s }, [x0], #16", 0x889FFC20: "stlr w0, [x1]", 0xFC226820: "str d0, [x1, x2]"},
    "branch": {0x14000004: "b #16", 0x54FFFF81: "b.ne #-16", 0xD65F03C0: "ret", 0xD4000001: "svc #0"},
    "integer": {0x8B020020: "add x0, x1, x2", 0xB0000000: "adrp x0, #4096", 0xD2800020: "mov x0, #1"},
}
"""Words by kind, as llvm-mc 14 assembled them."""
TEXT = """\
mark 0
1000 5 8b020020
mark 1
1000 2 8b020020
2000 3 4e22cc203dc00020
mark 1
2000 4 4e22cc203dc00020
mark 2
3000 10 4e22cc20
"""


def block(count: int, *words: int) -> Block:
    return Block(count, np.array(words, np.uint32))


@pytest.mark.parametrize("kind", ASSEMBLED)
def test_an_instruction_is_of_its_kind(kind: str) -> None:
    words = ASSEMBLED[kind]
    found = [list(KINDS)[i] for i in kinds(np.array(list(words), np.uint32))]
    assert dict(zip(words.values(), found, strict=True)) == dict.fromkeys(words.values(), kind)


def test_every_kind_has_a_word() -> None:
    assert ASSEMBLED.keys() == KINDS.keys()


@given(st.lists(st.integers(0, 2**32 - 1), max_size=50))
def test_every_word_is_of_one_kind(words: list[int]) -> None:
    found = tally([block(1, *words)])
    assert sum(found.values()) == len(words)
    assert (kinds(np.array(words, np.uint32)) >= 0).all()


def test_what_the_plug_in_wrote_is_added_up_by_mark() -> None:
    found = parse(TEXT.splitlines(), MARKS)
    assert {name: sum(one.executed for one in blocks) for name, blocks in found.items()} == {
        "dropped": 5,
        "rest": 2 + 2 * (3 + 4),
        "detect": 10,
    }
    assert {kind: count for kind, count in tally(found["rest"]).items() if count} == {
        "integer": 2,
        "fma32": 7,
        "load": 7,
    }
    assert tally([]) == dict.fromkeys(KINDS, 0)


@pytest.mark.parametrize("line", ["", "mark", "mark 99", "mark x", "1000 2 8b02002", "1000 x 8b020020", "1000 2"])
def test_anything_else_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(BackendError, match="line 2 of what the plug-in wrote is no block"):
        parse(["mark 0", line], MARKS)
    with pytest.raises(BackendError, match="line 1 "):
        parse(["1000 2 8b020020"], MARKS)


def test_assembly_is_told_by_its_word() -> None:
    text = "\t.text\n\tfmla\tv0.4s, v1.4s, v2.4s // encoding: [0x20,0xcc,0x22,0x4e]\n<stdin>: nothing\n"
    assert dict(encodings(text)) == {0x4E22CC20: "fmla\tv0.4s, v1.4s, v2.4s"}


class Known(costs.Llvm):
    """Every instruction takes a cycle, and those of a word that is not in ASSEMBLED are not known."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.asked: list[Sequence[Sequence[str]]] = []

    def disassemble(self, words: Sequence[int]) -> dict[int, str]:
        known = {word: text for group in ASSEMBLED.values() for word, text in group.items()}
        return {word: known[word] for word in words if word in known}

    def cycles(self, model: str, regions: Sequence[Sequence[str]]) -> dict[int, float]:
        assert model in MODELS.values()
        self.asked.append(regions)
        return {i: float(len(region)) for i, region in enumerate(regions) if region}


def test_the_hottest_blocks_stand_for_all() -> None:
    blocks = [block(1, 0x8B020020), block(970, 0x4E22CC20), block(29, 0x8B020020)]
    assert [one.count for one in hottest(blocks)] == [970]
    found = estimate(Known(), "cortex-a72", blocks)
    assert found.cycles == pytest.approx(1000)
    assert found.covered == pytest.approx(0.97)
    assert estimate(Known(), "cortex-a72", []) == costs.Cost(0.0, 0.0)


def test_calls_and_what_is_unknown_cost_nothing() -> None:
    llvm = Known()
    found = estimate(llvm, "cortex-a53", [block(10, 0x4E22CC20, 0xD65F03C0), block(5, 0xFFFFFFFF)])
    assert llvm.asked == [[["fmla v0.4s, v1.4s, v2.4s"], []]]
    assert found.covered == pytest.approx(20 / 25)
    assert found.cycles == pytest.approx(10 * 25 / 20)


def test_llvm_that_fails_says_why(tmp_path: Path) -> None:
    loader = tmp_path / "lib64" / "ld-linux-x86-64.so.2"
    loader.parent.mkdir()
    loader.write_text("#!/bin/sh\necho 'no such core' >&2\nexit 1\n", "utf-8")
    loader.chmod(0o755)
    with pytest.raises(BackendError, match=r"llvm-mca: ended with 1 \(no such core\)"):
        costs.Llvm(tmp_path).cycles("x", [["nop"]])


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In the place of QEMU a script that writes TEXT and runs the program on this machine."""
    (tmp_path / "text").write_text(TEXT, "utf-8")
    script = tmp_path / "qemu-aarch64"
    run = f'cp "{tmp_path}/text" "${{2#*out=}}"; shift 6; exec "$@"'
    script.write_text(f"#!/bin/sh\n{run}\n", "utf-8")
    script.chmod(0o755)
    emulator = tmp_path / "emulators" / "qemu-aarch64"
    emulator.parent.mkdir()
    emulator.touch()
    python = tmp_path / "root" / "usr" / "bin" / "python3.11"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nunset PYTHONPATH\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)

    def there(value: Any) -> Any:
        @contextlib.contextmanager
        def given(*_: object) -> Iterator[Any]:
            yield value

        return given

    monkeypatch.setattr(roots, "ready", there(tmp_path))
    monkeypatch.setattr(plugged, "ready", there(tmp_path))
    monkeypatch.setattr(costs, "ready", there(Known()))
    return tmp_path


def test_a_read_is_counted(tools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tools / "counts.json"
    assert cli.main(["count", "--cpu", "cortex-a76", "--picture", str(EXAMPLE), "--json", str(out)]) == 0
    said = capsys.readouterr().out
    assert counting.METHOD in said
    result = results.load(out, results.ARM64_COUNTS)
    assert (result["schema"], result["emulated"], result["picture"]) == (results.ARM64_COUNTS, True, EXAMPLE.name)
    (row,) = result["rows"]
    assert (row["processor"], row["precision"]) == ("cortex-a76", "fp32")
    assert {stage: found["instructions"] for stage, found in row["stages"].items()} == {
        "rest": 16,
        "detect": 10,
        "recognize": 0,
        "reread": 0,
        "extract": 0,
    }
    assert row["stages"]["detect"]["estimated_cycles"] == 10


def test_the_counts_of_the_project_follow_their_schema() -> None:
    found = results.load(ROOT / "benchmarks" / "results" / "arm64" / "counts.json", results.ARM64_COUNTS)
    assert {(row["processor"], row["precision"]) for row in found["rows"]} == {
        (processor, precision) for processor in MODELS for precision in ("fp32", "int8")
    }
    for stage in (stage for row in found["rows"] for stage in row["stages"].values()):
        assert stage["kinds"].keys() == KINDS.keys()
        assert sum(stage["kinds"].values()) == stage["instructions"]


def test_a_picture_that_cannot_be_read_is_one_line(tools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["count", "--picture", str(tools / "text")]) == commands.ERROR
    assert capsys.readouterr().err.count("\n") == 1


def test_the_table_sets_cores_and_precisions_beside_one_another() -> None:
    def row(processor: str, precision: str, cycles: int) -> dict[str, Any]:
        stage = {"kinds": dict.fromkeys(KINDS, 1_000_000), "estimated_cycles": cycles}
        return {"processor": processor, "precision": precision, "stages": dict.fromkeys(counting.STAGES, stage)}

    rows = [row("cortex-a53", "fp32", 4_000_000), row("cortex-a53", "int8", 3_000_000)]
    said = counting.text([*rows, row("cortex-a76", "fp32", 1_000_000)]).splitlines()
    assert said[1].split()[:4] == ["cortex-a53", "fp32", "read", f"{len(counting.STAGES) * len(KINDS)}.0"]
    assert [line.split()[-2:] for line in said[-3:]] == [["1.00", "4.00"], ["0.75", "-"], ["1.00", "1.00"]]
    assert said[-3].split()[2:4] == ["cortex-a53", str(4 * len(counting.STAGES))]


def test_without_a_compiler_counting_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        pytest.raises(
            UnavailableError,
            match="gcc, pkg-config, strip: not installed, .*apt-get install gcc libc6-dev pkg-config binutils",
        ),
        plugged.ready(Cache(place=tmp_path), "http://mirror.example/debian"),
    ):
        pass
