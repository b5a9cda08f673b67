"""Where weights come from, one adapter for each: ``packages`` and ``disk`` read files, whose digests are pinned;
``paddle`` and ``modules`` make a graph or a torch module of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from export.recipe import File, GraphRecipe, LocalFile, Member, PictureRecipe, files_of
from export.sources.disk import read_local
from export.sources.packages import cache_folder, fetch, read_members

__all__ = ["cache_folder", "fetch", "materials", "read_files", "read_members"]

Say = Callable[[str], None]


def read_files(files: Iterable[File], root: Path, cache: Path, say: Say) -> dict[File, bytes]:
    """All of them, each wheel fetched once. Raises IntegrityError where one is not the pinned one."""
    wanted = list(dict.fromkeys(files))
    members = [file for file in wanted if isinstance(file, Member)]
    found: dict[File, bytes] = {file: read_local(file, root) for file in wanted if isinstance(file, LocalFile)}
    for package in dict.fromkeys(member.package for member in members):
        say(f"{package.pin}: looking in {cache}, else downloading (once)")
        inside = [member for member in members if member.package == package]
        contents = read_members(package, fetch(package, cache), inside)
        found |= {member: contents[member.path] for member in inside}
    return found


def materials(graph: GraphRecipe, files: Mapping[File, bytes]) -> dict[str, bytes]:
    """What a network is built from, by path: for pictures its original in ONNX, its tuned weights already in it."""
    found = {file.path: files[file] for file in files_of(graph)}
    if isinstance(graph, PictureRecipe) and graph.tuned is not None:
        from export.tuning import overlay  # here, as it needs onnx

        path = graph.weights.path
        found[path] = overlay(found[path], found[graph.tuned.file.path], graph.tuned.file.path)
    return found
