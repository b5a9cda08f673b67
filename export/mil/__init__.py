"""A reference interpreter of Core ML's MIL programs: it says on any system what a saved ``.mlpackage`` computes.

It is no Core ML runtime: the program and the weights are those that Core ML would load, the kernels are torch's. Each
operator computes in single precision, and its result is rounded to the type that the program declares, half precision
mostly. Core ML's own kernels sum in another order and may keep less precision inside an operator; a Mac or an iPhone
has to say how much that is.

``program`` reads, ``weights`` unpacks what is compressed, ``elementwise``, ``layers`` and ``shapes`` are the operators,
``interpreter`` runs.
"""
