"""Reads pictures: ``reads.py BUNDLE PRECISION PICTURE...``, BUNDLE "-" for EdgeKit's own; a receipt a line, as JSON.

Needs the package edgekit in Python's path, so that an emulated Python runs what a user would install.
"""

from __future__ import annotations

import sys

from edgekit import Reader


def main(bundle: str, precision: str, *pictures: str) -> None:
    reader = Reader.open(None if bundle == "-" else bundle, threads=1, precision=precision)
    for picture in pictures:
        print(reader.read(picture).to_json(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
