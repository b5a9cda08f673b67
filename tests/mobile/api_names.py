"""Looks up every class, method and field of Android that compiled classes refer to, or declare, among those of API 36.

    python tests/mobile/api_names.py STUBS.whl FOLDER...

STUBS.whl: stubs of Android's API for Python (chaquopy-stubs-android). Names only: which parameters a method takes is
the compiler's matter. Needs javap. Exit code 1: a name is not there; the last line says how many were looked up.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STUB = re.compile(r"android-stubs/(.*/)?__init__\.pyi")
REFERENCE = re.compile(r"= (?:Interface)?(?:Methodref|Fieldref)\s+\S+\s+// (android/[\w/$]+)\.(\"?<?\w+>?\"?):")
MEMBER = re.compile(r"([\w.$]+)(?:\(.*\))?(?: throws .*)?;")
CLASS = re.compile(r"= Class\s+\S+\s+// (android/[\w/$]+)")


@dataclass(frozen=True)
class Known:
    """A class: its own members, and its bases as they are written."""

    members: frozenset[str]
    bases: tuple[str, ...]


def read_stubs(wheel: Path) -> dict[str, Known]:
    """All classes by their binary name, ``android.os.Build$VERSION``."""
    found: dict[str, Known] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if STUB.fullmatch(name):
                package = name.removesuffix("/__init__.pyi").replace("-stubs", "").replace("/", ".")
                found.update(_classes(package + ".", ast.parse(archive.read(name))))
    return found


def _classes(prefix: str, node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, Known]]:
    for item in node.body:
        if isinstance(item, ast.ClassDef):
            methods = {one.name for one in item.body if isinstance(one, ast.FunctionDef)}
            fields = {ast.unparse(one.target) for one in item.body if isinstance(one, ast.AnnAssign)}
            bases = tuple(re.sub(r"\[.*", "", ast.unparse(base)) for base in item.bases)
            yield prefix + item.name, Known(frozenset(methods | fields), bases)
            yield from _classes(f"{prefix}{item.name}$", item)


def has(known: dict[str, Known], owner: str, member: str) -> bool:
    """Whether a class, or one of those that it extends, has a member; Java's own classes are asked of the JDK."""
    if owner not in known:
        return member in java_members(owner)
    own = known[owner]
    bases = [_binary(known, base, owner) for base in own.bases]
    return member in own.members or any(has(known, base, member) for base in bases)


@cache
def java_members(name: str) -> frozenset[str]:
    """Of a class of the JDK and of those that it extends; none where the JDK has no such class."""
    told = subprocess.run(["javap", "-protected", name], capture_output=True, text=True).stdout
    own = frozenset(MEMBER.findall(told))
    bases = re.findall(r"[\w.$]+", re.sub(r"<.*?>", "", "".join(re.findall(r"(?:extends|implements) (.*) \{", told))))
    more = (java_members(base) for base in bases if base not in ("implements", name))
    return own.union(java_members("java.lang.Object") if own and name != "java.lang.Object" else (), *more)


def _binary(known: dict[str, Known], name: str, near: str) -> str:
    """``View.OnClickListener`` as a binary name; found from the package of ``near`` where it is written short."""
    package = near.rpartition(".")[0]
    for full in (name, f"{package}.{name}"):
        parts = full.split(".")
        for i in range(len(parts), 0, -1):
            tried = "$".join([".".join(parts[:i]), *parts[i:]])
            if tried in known:
                return tried
    return name


def references(folders: list[Path]) -> set[tuple[str, str]]:
    """Class and member; an empty member: the class alone."""
    files = [str(path) for folder in folders for path in sorted(folder.rglob("*.class"))]
    text = subprocess.run(["javap", "-v", "-p", *files], capture_output=True, text=True, check=True).stdout
    members = {(owner, member.strip('"')) for owner, member in REFERENCE.findall(text)}
    found = {(o.replace("/", "."), m) for o, m in members | {(owner, "") for owner in CLASS.findall(text)}}
    return found.union(*(declared(folder) for folder in folders))


def declared(folder: Path) -> set[tuple[str, str]]:
    """What classes of Android in a folder declare for everybody; the compiler leaves no trace of constants."""
    found: set[tuple[str, str]] = set()
    for path in (folder / "android").rglob("*.class"):
        owner = ".".join(path.relative_to(folder).with_suffix("").parts)
        told = subprocess.run(["javap", "-public", str(path)], capture_output=True, text=True, check=True).stdout
        names = MEMBER.findall(told)
        found |= {(owner, "<init>" if name in (owner, owner.replace("$", ".")) else name) for name in names}
    return found


def main(arguments: list[str]) -> int:
    known = read_stubs(Path(arguments[0]))
    looked_up = references([Path(folder) for folder in arguments[1:]])
    missing = []
    for owner, member in sorted(looked_up):
        name = "__init__" if member == "<init>" else member
        if owner not in known or (name and not has(known, owner, name)):
            missing.append(f"{owner}.{member}".rstrip("."))
    for name in missing:
        print(f"not in API 36: {name}")
    print(f"{len(looked_up)} names looked up, {len(missing)} missing")
    return 1 if missing or not looked_up else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
