"""Faces to print with: Pillow's built-in one, DejaVu, and more where they are installed. All have free licences.

Looked for in the folders of the environment variable EDGEKIT_FONTS (separated as in PATH), in matplotlib's data and in
/usr/share/fonts. Only the families named here are used, so that nothing of unknown licence gets into a picture.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont

_SYSTEM = Path("/usr/share/fonts")
_FILES = (".ttf", ".otf", ".woff")
MONO, SANS, HAND, PIXEL, DISPLAY = "mono", "sans", "hand", "pixel", "display"
"""Kinds of faces: characters all as wide; not so; like handwriting; of dots, all as wide; for names and headings."""

FAMILIES = {
    "dejavusansmono": (MONO, "Bitstream Vera"),
    "dejavusans": (SANS, "Bitstream Vera"),
    "dejavusanscondensed": (SANS, "Bitstream Vera"),
    "liberationmono": (MONO, "OFL-1.1"),
    "liberationsans": (SANS, "OFL-1.1"),
    "liberationsansnarrow": (SANS, "GPL-2.0 with font exception"),
    "inconsolata": (MONO, "OFL-1.1"),
    "b612-mono": (MONO, "OFL-1.1"),
    "anonymous-pro": (MONO, "OFL-1.1"),
    "courier-prime": (MONO, "OFL-1.1"),
    "cousine": (MONO, "OFL-1.1"),
    "share-tech-mono": (MONO, "OFL-1.1"),
    "ibm-plex-mono": (MONO, "OFL-1.1"),
    "roboto-mono": (MONO, "OFL-1.1"),
    "pt-mono": (MONO, "OFL-1.1"),
    "source-code-pro": (MONO, "OFL-1.1"),
    "space-mono": (MONO, "OFL-1.1"),
    "overpass-mono": (MONO, "OFL-1.1"),
    "oxygen-mono": (MONO, "OFL-1.1"),
    "cutive-mono": (MONO, "OFL-1.1"),
    "vt323": (PIXEL, "OFL-1.1"),
    "dotgothic16": (PIXEL, "OFL-1.1"),
    "arimo": (SANS, "OFL-1.1"),
    "roboto-condensed": (SANS, "OFL-1.1"),
    "archivo-narrow": (SANS, "OFL-1.1"),
    "pt-sans-narrow": (SANS, "OFL-1.1"),
    "tinos": (SANS, "OFL-1.1"),
    "caveat": (HAND, "OFL-1.1"),
    "homemade-apple": (HAND, "Apache-2.0"),
    "reenie-beanie": (HAND, "OFL-1.1"),
    "shadows-into-light": (HAND, "OFL-1.1"),
    "nanum-pen-script": (HAND, "OFL-1.1"),
    "abril-fatface": (DISPLAY, "OFL-1.1"),
    "alfa-slab-one": (DISPLAY, "OFL-1.1"),
    "allura": (DISPLAY, "OFL-1.1"),
    "anton": (DISPLAY, "OFL-1.1"),
    "archivo-black": (DISPLAY, "OFL-1.1"),
    "arvo": (DISPLAY, "OFL-1.1"),
    "audiowide": (DISPLAY, "OFL-1.1"),
    "baloo-2": (DISPLAY, "OFL-1.1"),
    "bangers": (DISPLAY, "OFL-1.1"),
    "barlow-condensed": (DISPLAY, "OFL-1.1"),
    "bebas-neue": (DISPLAY, "OFL-1.1"),
    "berkshire-swash": (DISPLAY, "OFL-1.1"),
    "black-ops-one": (DISPLAY, "OFL-1.1"),
    "bowlby-one": (DISPLAY, "OFL-1.1"),
    "bree-serif": (DISPLAY, "OFL-1.1"),
    "bungee": (DISPLAY, "OFL-1.1"),
    "carter-one": (DISPLAY, "OFL-1.1"),
    "chewy": (DISPLAY, "Apache-2.0"),
    "cinzel": (DISPLAY, "OFL-1.1"),
    "comfortaa": (DISPLAY, "OFL-1.1"),
    "cookie": (DISPLAY, "OFL-1.1"),
    "cormorant-garamond": (DISPLAY, "OFL-1.1"),
    "courgette": (DISPLAY, "OFL-1.1"),
    "crete-round": (DISPLAY, "OFL-1.1"),
    "damion": (DISPLAY, "OFL-1.1"),
    "dancing-script": (DISPLAY, "OFL-1.1"),
    "eb-garamond": (DISPLAY, "OFL-1.1"),
    "exo-2": (DISPLAY, "OFL-1.1"),
    "fjalla-one": (DISPLAY, "OFL-1.1"),
    "fredoka": (DISPLAY, "OFL-1.1"),
    "fugaz-one": (DISPLAY, "OFL-1.1"),
    "great-vibes": (DISPLAY, "OFL-1.1"),
    "josefin-sans": (DISPLAY, "OFL-1.1"),
    "kaushan-script": (DISPLAY, "OFL-1.1"),
    "lato": (DISPLAY, "OFL-1.1"),
    "league-gothic": (DISPLAY, "OFL-1.1"),
    "leckerli-one": (DISPLAY, "OFL-1.1"),
    "libre-baskerville": (DISPLAY, "OFL-1.1"),
    "limelight": (DISPLAY, "OFL-1.1"),
    "lobster": (DISPLAY, "OFL-1.1"),
    "lobster-two": (DISPLAY, "OFL-1.1"),
    "luckiest-guy": (DISPLAY, "Apache-2.0"),
    "merriweather": (DISPLAY, "OFL-1.1"),
    "montserrat": (DISPLAY, "OFL-1.1"),
    "noto-sans": (DISPLAY, "OFL-1.1"),
    "noto-serif": (DISPLAY, "OFL-1.1"),
    "nunito": (DISPLAY, "OFL-1.1"),
    "old-standard-tt": (DISPLAY, "OFL-1.1"),
    "oleo-script": (DISPLAY, "OFL-1.1"),
    "open-sans": (DISPLAY, "OFL-1.1"),
    "orbitron": (DISPLAY, "OFL-1.1"),
    "oswald": (DISPLAY, "OFL-1.1"),
    "pacifico": (DISPLAY, "OFL-1.1"),
    "parisienne": (DISPLAY, "OFL-1.1"),
    "passion-one": (DISPLAY, "OFL-1.1"),
    "patua-one": (DISPLAY, "OFL-1.1"),
    "permanent-marker": (DISPLAY, "Apache-2.0"),
    "playball": (DISPLAY, "OFL-1.1"),
    "playfair-display": (DISPLAY, "OFL-1.1"),
    "poppins": (DISPLAY, "OFL-1.1"),
    "quicksand": (DISPLAY, "OFL-1.1"),
    "raleway": (DISPLAY, "OFL-1.1"),
    "rancho": (DISPLAY, "Apache-2.0"),
    "righteous": (DISPLAY, "OFL-1.1"),
    "roboto": (DISPLAY, "OFL-1.1"),
    "roboto-slab": (DISPLAY, "Apache-2.0"),
    "rokkitt": (DISPLAY, "OFL-1.1"),
    "russo-one": (DISPLAY, "OFL-1.1"),
    "rye": (DISPLAY, "OFL-1.1"),
    "sacramento": (DISPLAY, "OFL-1.1"),
    "saira-extra-condensed": (DISPLAY, "OFL-1.1"),
    "satisfy": (DISPLAY, "Apache-2.0"),
    "shrikhand": (DISPLAY, "OFL-1.1"),
    "sigmar-one": (DISPLAY, "OFL-1.1"),
    "special-elite": (DISPLAY, "Apache-2.0"),
    "staatliches": (DISPLAY, "OFL-1.1"),
    "teko": (DISPLAY, "OFL-1.1"),
    "titan-one": (DISPLAY, "OFL-1.1"),
    "ultra": (DISPLAY, "Apache-2.0"),
    "varela-round": (DISPLAY, "OFL-1.1"),
    "yanone-kaffeesatz": (DISPLAY, "OFL-1.1"),
    "yellowtail": (DISPLAY, "Apache-2.0"),
    "zilla-slab": (DISPLAY, "OFL-1.1"),
}
"""Family to its kind and licence, by what the names of its files start with: npm ``@fontsource/NAME``, or Debian's."""

_REGULAR = ("", "-regular", "-latin-400-normal", "-latin-ext-400-normal")
_BOLD = ("-bold", "-latin-700-normal", "-latin-ext-700-normal")


@dataclass(frozen=True, slots=True)
class Face:
    """A family. regular, bold: its files; none: Pillow's built-in face."""

    name: str
    kind: str
    regular: tuple[str, ...]
    bold: tuple[str, ...]


BUILT_IN = Face("built-in", SANS, (), ())
"""Aileron, in every Pillow that knows TrueType (CC0)."""


@cache
def find_faces() -> tuple[Face, ...]:
    """The faces of this machine, ordered by name; the built-in one is always among them."""
    files: dict[str, str] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _FILES:
                files.setdefault(path.stem.lower(), str(path))
    found = [BUILT_IN]
    for name in sorted(FAMILIES):
        regular = _among(files, name, _REGULAR)
        if regular:
            found.append(Face(name, FAMILIES[name][0], regular, _among(files, name, _BOLD)))
    return tuple(found)


def basic_faces() -> tuple[Face, ...]:
    """The built-in face and DejaVu: what pictures can be made of everywhere."""
    return tuple(face for face in find_faces() if face is BUILT_IN or face.name.startswith("dejavu"))


def _folders() -> Iterable[Path]:
    for name in os.environ.get("EDGEKIT_FONTS", "").split(os.pathsep):
        if name and Path(name).is_dir():
            yield Path(name)
    spec = find_spec("matplotlib")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    if _SYSTEM.is_dir():
        yield _SYSTEM


def _among(files: dict[str, str], name: str, endings: Iterable[str]) -> tuple[str, ...]:
    return tuple(files[name + ending] for ending in endings if name + ending in files)


@lru_cache(maxsize=512)
def load(path: str, size: float) -> Font:
    """A file at a size in pixels; an empty path is the built-in face."""
    if not path:
        font = ImageFont.load_default(size)
        assert isinstance(font, ImageFont.FreeTypeFont)
        return font
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=65536)
def _has(path: str, character: str) -> bool:
    font = load(path, 20)
    drawn, missing = font.getmask(character), font.getmask("\uffff")
    return bool(drawn.size[0]) and (drawn.size != missing.size or bytes(drawn) != bytes(missing))


def file_for(text: str, face: Face, bold: bool) -> tuple[str, bool]:
    """The file of a face that has all characters of a text, and whether it is bold; DejaVu or the built-in one if none.

    Bold falls back to regular.
    """
    characters = set(text) - {" "}
    others = [other for other in basic_faces() if other.kind == (SANS if face.kind == SANS else MONO)]
    for candidate in (face, *others, *basic_faces()):
        for path in (*(candidate.bold if bold else ()), *(candidate.regular or ("",))):
            if all(_has(path, character) for character in characters):
                return path, path in candidate.bold
    return "", False
