"""Debian's packages unpacked into a folder, of any architecture, as any user: nothing is installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arm64.system import UnavailableError, call

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
MEND = "see whether 'apt-get update' works here; this needs Debian and its archive"


@dataclass(frozen=True, slots=True)
class Apt:
    """An apt of its own beside the system's: where it works, whose architecture's packages it takes, from where.

    Proxies and the like are the system's. archives: kind, suite and component ("deb bookworm main").
    """

    folder: Path
    architecture: str
    mirror: str
    archives: Sequence[str]

    def update(self) -> None:
        """Gets the lists of packages. Raises UnavailableError."""
        if not KEYRING.is_file():
            raise UnavailableError(f"{KEYRING}: is missing; install debian-archive-keyring")
        for name in ("lists/partial", "cache/archives/partial", "source"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        (self.folder / "sources.list").write_text("".join(map(self._line, self.archives)), encoding="utf-8")
        self._get("update")

    def unpack(self, names: Sequence[str], into: Path, alone: bool = False) -> None:
        """Unpacks packages, and unless ``alone`` all that they depend on; a name may be ``name/suite``.

        Raises UnavailableError.
        """
        place = self.folder / "cache" / "archives"
        how = ["download"] if alone else ["install", "--yes", "--download-only", "--no-install-recommends"]
        self._get(*how, *names, folder=place)
        into.mkdir(parents=True, exist_ok=True)
        for package in sorted(place.glob("*.deb")):
            call(["dpkg", "--extract", str(package), str(into)], MEND)
            package.unlink()

    def source(self, name: str) -> Path:
        """The upstream archive of a source package. Raises UnavailableError."""
        folder = self.folder / "source"
        self._get("source", "--download-only", name, folder=folder)
        found = sorted(folder.glob("*.orig.tar.*"))
        if not found:
            raise UnavailableError(f"{name}: its source package has no upstream archive; {MEND}")
        return found[0]

    def _line(self, archive: str) -> str:
        kind, _, rest = archive.partition(" ")
        return f"{kind} [signed-by={KEYRING}] {self.mirror} {rest}\n"

    def _get(self, *words: str, folder: Path | None = None) -> None:
        options = {
            "APT::Architecture": self.architecture,
            "APT::Architectures": self.architecture,
            "APT::Sandbox::User": "",
            "APT::Update::Error-Mode": "any",  # else update only warns where it gets nothing
            "Debug::NoLocking": "true",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
        }
        named = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
        call(["apt-get", "-qq", *named, *words], MEND, folder)
