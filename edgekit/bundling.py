"""Looking at bundles and making them: what ``edgekit bundle info | verify | pack`` and the exporter call."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit.bundle import MAX_TOTAL_SIZE, Bundle
from edgekit.errors import BundleError, UsageError
from edgekit.manifest import FileEntry, Graph, Manifest, parse_manifest
from edgekit.names import MANIFEST_NAME
from edgekit.placing import is_zip, place
from edgekit.store import FolderStore
from edgekit.strict import dump_json, load_json, to_plain


def info(bundle: Bundle) -> dict[str, Any]:
    """What a bundle is, as plain JSON types: identity, sizes in bytes, sources, and each graph with its evidence."""
    manifest = bundle.manifest
    sizes = {name: entry.size for name, entry in manifest.files.items()}
    keys = ("schema", "name", "version", "licence", "description")
    return {
        "path": str(bundle.path),
        **{key: getattr(manifest, key) for key in keys},
        "digest": bundle.digest,
        "size": bundle.size,
        "files": sizes,
        "stages": {
            name: [_graph_info(graph, sizes[graph.file]) for graph in stage.graphs]
            for name, stage in sorted(manifest.stages.items())
        },
        "sources": to_plain(manifest.sources),
    }


def info_text(facts: Mapping[str, Any]) -> str:
    """The same for people, from what ``info`` returned; no newline at the end."""
    rows = [(key, facts[key]) for key in ("path", "name", "version", "licence", "description", "digest")]
    rows.append(("size", f"{facts['size']} bytes in {len(facts['files']) + 1} files"))
    for name, graphs in facts["stages"].items():
        rows.append((f"stage {name}", "" if graphs else "no graphs"))
        for graph in graphs:
            rows.append(("", f"{graph['backend']} {graph['precision']}  {graph['file']}  {graph['size']} bytes"))
            rows.append(("", f"  {_evidence_text(graph['evidence'])}"))
    for source in facts["sources"]:
        rows.append(("source", f"{source['name']}: {source['package']}, {source['path']} ({source['licence']})"))
        rows.append(("", f"  sha256 {source['sha256']}"))
        rows.append(("", f"  changes: {source['changes']}"))
    width = max(len(key) for key, _ in rows)
    return "\n".join(f"{key:{width}}  {_one_line(text)}".rstrip() for key, text in rows)


def verify(path: str | Path | None) -> Bundle:
    """Every check there is; None is the bundle that comes with EdgeKit.

    The manifest follows the schema, which makes each graph carry passed evidence or the reason why it was not run;
    every listed file is there and unaltered; nothing else is. Raises BundleError or one of its kinds.
    """
    return Bundle.open(path)


def pack(folder: str | Path, target: str | Path, overwrite: bool = False) -> Bundle:
    """A bundle from a folder with a ``manifest.json``, whose ``files`` may be stale or absent: it is computed.

    See ``write_bundle`` for ``target``. Raises ManifestError where the rest of the manifest breaks the schema (a graph
    without evidence does), IntegrityError for links and special files, UsageError or BundleError as ``write_bundle``.
    """
    source, goal = Path(folder), Path(target)
    inner, outer = _absolute(goal), _absolute(source)
    if inner != outer and (outer in inner.parents or inner in outer.parents):
        raise UsageError(f"{goal}: lies inside {source}, or the reverse; choose a place beside it")
    store = FolderStore(source)
    if MANIFEST_NAME not in store.sizes:
        raise BundleError(f"{source}: has no {MANIFEST_NAME}; write one, everything but 'files' is yours to fill")
    if sum(store.sizes.values()) > MAX_TOTAL_SIZE:
        raise BundleError(f"{source}: too large; a bundle may have at most {MAX_TOTAL_SIZE} bytes")
    contents = {name: store.read(name, size) for name, size in sorted(store.sizes.items())}
    if {name: len(data) for name, data in contents.items()} != store.sizes:
        raise BundleError(f"{source}: changed while it was read; pack it again when nothing writes to it")
    where = f"{source}: {MANIFEST_NAME}"
    root = load_json(contents.pop(MANIFEST_NAME), where)
    members = {key: node.value for key, node in root.mapping().items()}
    manifest = parse_manifest(dump_json({**members, "files": _entries(contents)}), where)
    return _write(goal, manifest, contents, overwrite)


def write_bundle(
    target: str | Path, manifest: Manifest, contents: Mapping[str, bytes], overwrite: bool = False
) -> Bundle:
    """A bundle at ``target`` (a zip where it ends in ``.zip``, else a folder) that holds ``contents`` by file name.

    The manifest's own ``files`` are ignored and computed. The bundle is written beside its target, opened and verified
    there, and only then renamed; equal input gives equal bytes.

    Raises UsageError where the target exists and ``overwrite`` is not set, or is no bundle; ManifestError where the
    manifest breaks the schema; BundleError where it cannot be written.
    """
    complete = dataclasses.replace(manifest, files=_entries(contents))
    checked = parse_manifest(complete.to_json(), f"{target}: {MANIFEST_NAME}")
    return _write(Path(target), checked, contents, overwrite)


def _graph_info(graph: Graph, size: int) -> dict[str, Any]:
    return {
        "backend": graph.backend,
        "precision": graph.precision,
        "file": graph.file,
        "size": size,
        "evidence": to_plain(graph.evidence),
    }


def _write(target: Path, manifest: Manifest, contents: Mapping[str, bytes], overwrite: bool) -> Bundle:
    files = {MANIFEST_NAME: manifest.to_json().encode("utf-8"), **dict(sorted(contents.items()))}
    _check_target(target, overwrite)
    place(target, files, Bundle.open)
    return Bundle.open(target)


def _entries(contents: Mapping[str, bytes]) -> dict[str, FileEntry]:
    return {name: FileEntry(hashlib.sha256(data).hexdigest(), len(data)) for name, data in contents.items()}


def _check_target(target: Path, overwrite: bool) -> None:
    if not os.path.lexists(target):
        return
    if not overwrite:
        raise UsageError(f"{target}: exists; choose another target, or allow it to be overwritten")
    replaceable = zipfile.is_zipfile(target) if is_zip(target) else (target / MANIFEST_NAME).is_file()
    if target.is_symlink() or not replaceable:
        raise UsageError(f"{target}: is no bundle and will not be overwritten; choose another target")


def _absolute(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise BundleError(f"{path}: cannot be resolved ({error}); check the path") from error


def _evidence_text(evidence: Mapping[str, Any]) -> str:
    if evidence["status"] == "not run":
        return f"not run: {evidence['reason']}"
    parts = [f"passed: differs by at most {evidence['max_abs_difference']:.3g} from {evidence['reference']}"]
    if evidence["trial"]:
        parts.append(_trial_text(evidence["trial"]))
    if evidence["delegated"] is not None:
        parts.append(f"{evidence['delegated']:.0%} of the operators accelerated")
    if evidence["machine"]:
        parts.append(f"on {evidence['machine']}")
    if evidence["reason"]:
        parts.append(evidence["reason"])
    return ", ".join(parts)


def _trial_text(trial: Mapping[str, Any]) -> str:
    error, f1, size = trial["character_error"], trial["field_f1"], trial["bytes"]
    ratio = trial["latency_ratio"]
    speed = "not timed" if ratio is None else f"{ratio:.2f} times as fast"
    return (
        f"{trial['pictures']} pictures of {trial['data']}: field F1 {f1['before']:.4f} -> {f1['after']:.4f}, "
        f"character error against {trial['character_reference']} {error['before']:.4f} -> {error['after']:.4f}, "
        f"bytes {size['before']:.0f} -> {size['after']:.0f}, {speed}"
    )


def _one_line(text: str) -> str:
    """Indent kept; line breaks and control characters (which may steer a terminal) replaced."""
    return "".join(char if char.isprintable() else " " for char in text)
