"""Opening a bundle: a folder, or a zip of it, whose every file is the one its manifest lists."""

from __future__ import annotations

import hashlib
from pathlib import Path

from edgekit.errors import BundleError, IntegrityError, ManifestError, MissingGraphError
from edgekit.manifest import FileEntry, Graph, Manifest, Stage, parse_manifest
from edgekit.names import MANIFEST_NAME
from edgekit.store import FolderStore, Store

DEFAULT_BUNDLE = Path(__file__).parent / "bundles" / "default"
MAX_MANIFEST_SIZE = 4 * 2**20
"""Bytes; a manifest of a few stages has some ten thousand."""
MAX_TOTAL_SIZE = 512 * 2**20
"""Bytes of all files together: far above what a phone would load, far below what would fill its memory."""


class Bundle:
    """The stages of a reader: graphs, constants and word lists, all read from one verified place.

    Nothing stays open between calls, so a bundle may be used from several threads at once.
    """

    def __init__(self, path: Path, store: Store) -> None:
        """Use ``Bundle.open``. Verifies everything; raises BundleError, ManifestError or IntegrityError."""
        self._path = path
        self._store = store
        data = _read_manifest(path, store)
        self._manifest = parse_manifest(data, f"{path}: {MANIFEST_NAME}")
        self._digest = hashlib.sha256(data).hexdigest()
        self._size = len(data) + sum(entry.size for entry in self._manifest.files.values())
        self._check_listing()
        for name in self._manifest.files:
            self.read(name)

    @classmethod
    def open(cls, path: str | Path | None = None) -> Bundle:
        """The bundle in a folder or zip; None is the one that comes with EdgeKit.

        Raises ManifestError where the manifest breaks the schema, IntegrityError where a file is missing, altered or
        not listed, or is no plain file, BundleError where ``path`` cannot be read at all.
        """
        place = DEFAULT_BUNDLE if path is None else Path(path)
        try:
            is_folder, is_file = place.is_dir(), place.is_file()
        except (OSError, ValueError) as error:
            raise BundleError(f"{place}: cannot be opened ({error}); check the path and its permissions") from error
        if is_folder:
            return cls(place, FolderStore(place))
        if is_file:
            from edgekit.zipped import ZipStore  # not before it is needed: see there

            return cls(place, ZipStore(place))
        if path is None:
            raise BundleError(f"{place}: the default bundle is missing; install edgekit again, or name a bundle")
        raise BundleError(f"{place}: no such bundle; give the folder of a bundle or a zip of it")

    @property
    def path(self) -> Path:
        """The folder or zip it was opened from."""
        return self._path

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    @property
    def name(self) -> str:
        return self._manifest.name

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked, with the manifest."""
        return self._size

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the manifest's bytes. The manifest lists the digests of all else, so this names it all."""
        return self._digest

    def read(self, name: str) -> bytes:
        """The bytes of a listed file, verified. Raises IntegrityError where they are not the listed ones."""
        entry = self._manifest.files.get(name)
        if entry is None:
            raise IntegrityError(
                f"{self._path}: {name!r} is not a file of this bundle; name one that its manifest lists"
            )
        data = self._store.read(name, entry.size)
        _check_bytes(data, entry, f"{self._path}: {name}")
        return data

    def read_text(self, name: str) -> str:
        """A listed file as UTF-8 text, line ends as they are. Raises IntegrityError as ``read`` does."""
        try:
            return self.read(name).decode("utf-8")
        except UnicodeDecodeError as error:
            raise BundleError(f"{self._path}: {name}: not UTF-8 text; export the bundle again") from error

    def stage(self, name: str) -> Stage:
        """A stage by name. Raises ManifestError where the bundle has none of this name."""
        found = self._manifest.stages.get(name)
        if found is None:
            raise ManifestError(f"{self._path}: no stage {name!r}: {_has(list(self._manifest.stages))}")
        return found

    def graph(self, stage: str, backend: str, precision: str) -> Graph:
        """The graph asked for; where the stage has none, that of the precision which its constants name, if they do;
        never another instead. Raises MissingGraphError that names what there is."""
        found = self._manifest.stages.get(stage)
        if found is None:
            raise MissingGraphError(f"{self._path}: no stage {stage!r}: {_has(list(self._manifest.stages))}")
        graphs = {(graph.backend, graph.precision): graph for graph in found.graphs}
        own = found.precision or precision
        graph = graphs.get((backend, precision)) or graphs.get((backend, own))
        if graph is None:
            present = [" ".join(kind) for kind in graphs]
            raise MissingGraphError(f"{self._path}: stage {stage!r} has no graph for {backend} {own}: {_has(present)}")
        return graph

    def _check_listing(self) -> None:
        listed = self._manifest.files
        present = self._store.sizes
        extra = sorted(present.keys() - listed.keys() - {MANIFEST_NAME})
        if extra:
            raise IntegrityError(f"{self._path}: not listed in the manifest: {_few(extra)}; remove or list them")
        missing = sorted(listed.keys() - present.keys())
        if missing:
            raise IntegrityError(f"{self._path}: missing: {_few(missing)}; get the bundle again")
        for name, entry in listed.items():
            if present[name] != entry.size:
                raise _altered(f"{self._path}: {name}", f"{present[name]} bytes, not {entry.size}")
        if self._size > MAX_TOTAL_SIZE:
            raise BundleError(f"{self._path}: {self._size} bytes in all; a bundle may have at most {MAX_TOTAL_SIZE}")


def _read_manifest(path: Path, store: Store) -> bytes:
    size = store.sizes.get(MANIFEST_NAME)
    if size is None:
        raise BundleError(f"{path}: has no {MANIFEST_NAME}; give the folder of a bundle or a zip of it")
    if size > MAX_MANIFEST_SIZE:
        raise ManifestError(f"{path}: {MANIFEST_NAME} has {size} bytes; at most {MAX_MANIFEST_SIZE} are read")
    data = store.read(MANIFEST_NAME, size)
    if len(data) != size:
        raise _altered(f"{path}: {MANIFEST_NAME}", "it changed while it was read")
    return data


def _check_bytes(data: bytes, entry: FileEntry, place: str) -> None:
    if len(data) != entry.size:
        raise _altered(place, "its size is not the listed one")
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise _altered(place, "its SHA-256 is not the listed one")


def _altered(place: str, reason: str) -> IntegrityError:
    return IntegrityError(f"{place} was altered ({reason}); get the bundle again")


def _has(names: list[str]) -> str:
    return f"it has {', '.join(names)}" if names else "it has none"


def _few(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
