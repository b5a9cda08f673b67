"""An estimate of cycles: the blocks that run most, put through LLVM's public models of the cores by llvm-mca.

The model knows how many instructions of which kind a core starts in a cycle, and how long results take. It knows
nothing of caches, memory and mispredicted branches, and takes every block for a loop. Good for ratios, not for times.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arm64 import mirror as mirrors
from benchmarks.arm64.blocks import Block
from benchmarks.arm64.cache import Cache
from benchmarks.arm64.packages import Apt
from benchmarks.arm64.system import call, say
from edgekit.errors import BackendError

ARCHIVES = ("deb bookworm main",)
PACKAGES = ("llvm-19", "libllvm19", "libz3-4", "libedit2", "libtinfo6", "libxml2", "libbsd0", "libmd0", "libicu72")
LIBRARIES = ("liblzma5", "zlib1g", "libzstd1", "libffi8", "libstdc++6", "libgcc-s1", "libc6")
MODELS: Mapping[str, str] = {"cortex-a53": "cortex-a53", "cortex-a72": "cortex-a72", "cortex-a76": "neoverse-n1"}
"""LLVM's model by QEMU's name. Neoverse N1 is Cortex-A76's core for servers; LLVM takes Cortex-A57's model for A72."""
FEATURES = "-mattr=+v8.2a,+dotprod,+fullfp16"
COVERED, MOST_BLOCKS = 0.97, 400
"""Blocks are taken, those that run most first, until this share of all instructions is in them, or so many."""
ITERATIONS = 100
SKIP = "-skip-unsupported-instructions=any"
LEAVES = ("bl", "blr", "br", "ret")
"""Left out: llvm-mca takes 100 cycles for a call, whatever is called."""


@dataclass(frozen=True, slots=True)
class Cost:
    """cycles: estimated, of all blocks, as if those that were not looked at were like the others. covered: share."""

    cycles: float
    covered: float


class Llvm:
    """llvm-mc and llvm-mca in a folder, run with the libraries beside them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def disassemble(self, words: Sequence[int]) -> dict[int, str]:
        """Assembly of instruction words; those that are none are left out."""
        given = "\n".join(" ".join(f"0x{byte:02x}" for byte in word.to_bytes(4, "little")) for word in words)
        options = ("-triple=aarch64", "--disassemble", "--show-encoding", FEATURES)
        return dict(encodings(self._run("llvm-mc", given, *options)))

    def cycles(self, model: str, regions: Sequence[Sequence[str]]) -> dict[int, float]:
        """Cycles of each region, run over and over, by its number; none of which the model knows nothing."""
        marked = ((f"# LLVM-MCA-BEGIN {i}", *region, f"# LLVM-MCA-END {i}") for i, region in enumerate(regions))
        text = "\n".join(line for region in marked for line in region) + "\n"
        core = ("-mtriple=aarch64", f"-mcpu={model}", FEATURES)
        options = (*core, "--json", f"-iterations={ITERATIONS}", "-resource-pressure=false", SKIP)
        found = json.loads(self._run("llvm-mca", text, *options))["CodeRegions"]
        return {int(region["Name"]): region["SummaryView"]["TotalCycles"] / ITERATIONS for region in found}

    def _run(self, tool: str, text: str, *options: str) -> str:
        loader = next(self._folder.glob("lib*/ld-linux-*.so.*"), None) or next(self._folder.rglob("ld-linux-*.so.*"))
        paths = sorted({str(path.parent) for path in self._folder.rglob("lib*.so.*")})
        command = [str(loader), "--library-path", ":".join(paths), str(self._folder / f"usr/lib/llvm-19/bin/{tool}")]
        done = subprocess.run([*command, *options], input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BackendError(f"{tool}: ended with {done.returncode} ({done.stderr.strip()[:300]})")
        return done.stdout


@contextmanager
def ready(cache: Cache, mirror: str | None) -> Iterator[Llvm]:
    """LLVM's tools, unpacked where they are not in the cache. Raises UnavailableError."""

    def make(folder: Path) -> None:
        say("gets LLVM's tools from Debian")
        architecture = call(["dpkg", "--print-architecture"], "this needs Debian").strip()
        apt = Apt(folder / "apt", architecture, mirror or mirrors.configured(), ARCHIVES)
        apt.update()
        apt.unpack((*PACKAGES, *LIBRARIES), folder, alone=True)

    with cache.folder("llvm", [ARCHIVES, PACKAGES, LIBRARIES], make) as folder:
        yield Llvm(folder)


def encodings(text: str) -> Iterator[tuple[int, str]]:
    """Instruction words and their assembly, from what llvm-mc shows."""
    for line in text.splitlines():
        found = re.match(r"\s*(\S.*?)\s*// encoding: \[(0x\w\w),(0x\w\w),(0x\w\w),(0x\w\w)\]", line)
        if found:
            yield int.from_bytes(bytes(int(byte, 16) for byte in found.groups()[1:]), "little"), found[1]


def hottest(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that are looked at, see COVERED."""
    taken, left = [], COVERED * sum(block.executed for block in blocks)
    for block in sorted(blocks, key=lambda block: -block.executed)[:MOST_BLOCKS]:
        if left <= 0:
            break
        taken.append(block)
        left -= block.executed
    return taken


def estimate(llvm: Llvm, processor: str, blocks: Sequence[Block]) -> Cost:
    """The cost of blocks on a core, by QEMU's name of it. Raises BackendError where LLVM fails."""
    hot = hottest(blocks)
    known = llvm.disassemble(sorted({int(word) for block in hot for word in block.code}))
    usual = {word: line for word, line in known.items() if line.split()[0] not in LEAVES}
    regions = [[usual[int(word)] for word in block.code if int(word) in usual] for block in hot]
    cycles = llvm.cycles(MODELS[processor], regions) if hot else {}
    looked_at = sum(hot[i].executed for i in cycles)
    total = sum(block.executed for block in blocks)
    spent = sum(hot[i].count * each for i, each in cycles.items())
    return Cost(spent * total / looked_at if looked_at else 0.0, looked_at / total if total else 0.0)
