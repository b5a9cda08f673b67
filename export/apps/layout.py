"""The files of an app's package by name: the bundle where the platform looks for it, and what goes with it."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import edgekit
from edgekit.backends.coreml import MANIFEST as ENTRY
from edgekit.backends.coreml import read_package
from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import BundleError
from edgekit.manifest import Graph, Manifest
from edgekit.names import MANIFEST_NAME
from export import report
from export.apps.kinds import App

README = "README.md"
REQUIREMENTS = "requirements.txt"
REPORTS = ("report.md", "report.html")
READMES = Path(__file__).parent / "readmes"
ZIPPED = ".mlpackage.zip"
ENGINES = {"onnxruntime": "ONNX Runtime", "executorch": "ExecuTorch with XNNPACK", "coreml": "Core ML"}
CODE = ("**/*.py", "py.typed", "*.schema.json")
"""Of the package ``edgekit``: all but the bundle inside it."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An app's package. files: by name. manifest, digest: of the bundle inside it."""

    files: Mapping[str, bytes]
    manifest: Manifest
    digest: str


def lay_out(app: App, manifest: Manifest, contents: Mapping[str, bytes]) -> Laid:
    """The package for an app. manifest, contents: the bundle as it was packed.

    The reports lie beside the bundle, so that they are not shipped. Raises BundleError or one of its kinds.
    """
    kept = {name: data for name, data in contents.items() if name not in REPORTS}
    if app.unpacks:
        manifest, kept = unpack_models(manifest, kept)
    with tempfile.TemporaryDirectory() as work:
        bundle = write_bundle(Path(work, "bundle"), manifest, kept)
        files = {f"{app.place}/{name}": bundle.read(name) for name in bundle.manifest.files}
        files[f"{app.place}/{MANIFEST_NAME}"] = Path(work, "bundle", MANIFEST_NAME).read_bytes()
        sizes = {name: entry.size for name, entry in bundle.manifest.files.items()}
        files |= report.documents(bundle.manifest, sizes) | {README: _readme(app, bundle).encode()}
    return Laid({**files, **(_runtime() if app.carries_code else {})}, bundle.manifest, bundle.digest)


def unpack_models(manifest: Manifest, contents: Mapping[str, bytes]) -> tuple[Manifest, dict[str, bytes]]:
    """Zipped ``.mlpackage``s as the folders that they are; such a graph's file is then the package's own manifest."""
    found: dict[str, bytes] = {}
    for name, data in contents.items():
        if name.endswith(ZIPPED):
            found |= {f"{name.removesuffix('.zip')}/{part}": it for part, it in read_package(data, name).items()}
        else:
            found[name] = data
    stages = {
        name: dataclasses.replace(stage, graphs=tuple(map(_unpacked, stage.graphs)))
        for name, stage in manifest.stages.items()
    }
    return dataclasses.replace(manifest, stages=stages), found


def _unpacked(graph: Graph) -> Graph:
    if not graph.file.endswith(ZIPPED):
        return graph
    return dataclasses.replace(graph, file=f"{graph.file.removesuffix('.zip')}/{ENTRY}")


def _readme(app: App, bundle: Bundle) -> str:
    manifest = bundle.manifest
    # Reading again has a precision of its own, with which no reader is opened.
    others = [stage for name, stage in manifest.stages.items() if name != "reread"]
    engines = sorted({(graph.backend, graph.precision) for stage in others for graph in stage.graphs})
    return _template(f"{app.name}.md").format(
        name=manifest.name,
        version=manifest.version,
        size=f"{bundle.size / 1e6:.1f} MB",
        digest=bundle.digest,
        edgekit=edgekit.__version__,
        engines="\n".join(f"- {ENGINES[backend]}, {precision}" for backend, precision in engines),
        backend=engines[0][0],
        precision=engines[0][1],
    )


def _template(name: str) -> str:
    try:
        return (READMES / name).read_text("utf-8")
    except OSError as error:
        raise BundleError(f"export/apps/readmes/{name}: cannot be read ({error.strerror}); restore it") from error


def _runtime() -> dict[str, bytes]:
    """The package that reads the bundle, and what pip has to install for it."""
    home = Path(edgekit.__file__).parent
    paths = sorted(path for pattern in CODE for path in home.glob(pattern) if "bundles" not in path.parts)
    code = {f"edgekit/{path.relative_to(home).as_posix()}": path.read_bytes() for path in paths}
    return {**code, REQUIREMENTS: _template(REQUIREMENTS).encode()}
