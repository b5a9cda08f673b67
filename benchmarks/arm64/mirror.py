"""Debian's mirror, as this machine's own apt is configured: nothing here names a host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arm64.system import UnavailableError

APT = Path("/etc/apt")


@dataclass(frozen=True, slots=True)
class Archive:
    """A line of apt's sources. kinds: of "deb" and "deb-src"."""

    kinds: tuple[str, ...]
    uri: str
    suites: tuple[str, ...]


def configured(apt: Path = APT) -> str:
    """The URI of the first archive of Debian proper. Raises UnavailableError where apt has none.

    Files are taken in apt's order: sources.list, then those of sources.list.d by name.
    """
    files = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]
    texts = [(path.name, path.read_text("utf-8", errors="replace")) for path in files if path.is_file()]
    for archive in (archive for name, text in texts for archive in archives_in(name, text)):
        if "deb" in archive.kinds and _is_debian(archive):
            return archive.uri
    raise UnavailableError(f"{apt}: apt has no archive of Debian's; give one with --mirror")


def archives_in(name: str, text: str) -> list[Archive]:
    """What a file of apt's lists, in either of its formats; a file by another name is none of apt's."""
    if name.endswith(".sources"):
        return list(_stanzas(text))
    return list(_lines(text)) if name.endswith(".list") else []


def _is_debian(archive: Archive) -> bool:
    """Security updates and packages of others have archives of their own, which lack most of Debian."""
    return "debian" in archive.uri.split("/") and not any("security" in suite for suite in archive.suites)


def _stanzas(text: str) -> Iterator[Archive]:
    """The deb822 format: ``Key: value``, continued on lines that start with a space; stanzas apart by an empty line."""
    for stanza in _split(line for line in text.splitlines() if not line.startswith("#")):
        keys: dict[str, list[str]] = {}
        last = ""
        for line in stanza:
            if not line[0].isspace():
                last, _, line = line.partition(":")
            keys.setdefault(last.lower(), []).extend(line.split())
        if keys.get("enabled", ["yes"]) == ["no"]:
            continue
        for uri in keys.get("uris", []):
            yield Archive(tuple(keys.get("types", [])), uri, tuple(keys.get("suites", [])))


def _split(lines: Iterable[str]) -> Iterator[list[str]]:
    stanza: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            stanza.append(line)
        elif stanza:
            yield stanza
            stanza = []


def _lines(text: str) -> Iterator[Archive]:
    """The one-line format: ``deb [options] uri suite component...``."""
    for line in text.splitlines():
        kind, _, rest = line.partition("#")[0].strip().partition(" ")
        rest = rest.strip()
        if rest.startswith("["):
            rest = rest.partition("]")[2]
        words = rest.split()
        if kind in ("deb", "deb-src") and len(words) >= 2:
            yield Archive((kind,), words[0], (words[1],))
