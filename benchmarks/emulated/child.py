"""Runs one graph: ``child.py GRAPH FEEDS.npz OUT.npz``. Stands alone, so that an emulated Python can run it.

``FEEDS.npz``: one input per array, in order of name. ``OUT.npz``: outputs as ``<input's name>.<number of output>``.
"""

from __future__ import annotations

import sys

import numpy as np
import onnxruntime


def main(graph: str, feeds: str, out: str) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    found = {}
    with np.load(feeds) as arrays:
        for key in sorted(arrays.files):
            for i, output in enumerate(session.run(None, {name: arrays[key]})):
                found[f"{key}.{i}"] = output
    np.savez(out, **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
