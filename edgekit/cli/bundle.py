"""``edgekit bundle info | verify | pack``."""

from __future__ import annotations

import argparse
import sys

from edgekit import bundling
from edgekit.cli import codes
from edgekit.cli.console import to_json


def run_info(options: argparse.Namespace) -> int:
    """What a bundle holds, with the evidence for each graph."""
    facts = bundling.info(bundling.verify(options.path or options.bundle))
    print(to_json(facts, sys.stdout, indent=2) if options.json else bundling.info_text(facts))
    return codes.OK


def run_verify(options: argparse.Namespace) -> int:
    """Checks every file against the manifest, and the manifest against the schema."""
    bundle = bundling.verify(options.path or options.bundle)
    print(f"{bundle.path}: sound, {len(bundle.manifest.files) + 1} files, {bundle.size} bytes, digest {bundle.digest}")
    return codes.OK


def run_pack(options: argparse.Namespace) -> int:
    """Makes a bundle from a folder with a manifest; digests and sizes are computed."""
    bundle = bundling.pack(options.folder, options.target, options.overwrite)
    print(f"{bundle.path}: packed, {bundle.size} bytes, digest {bundle.digest}")
    return codes.OK
