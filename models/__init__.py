"""What the default bundle's stages are made from: torch definitions of its networks, and the fit of its rules.

In ``detector`` and ``recognizer`` the source graphs' weights go in, and every export comes out.

Both networks are written in their deploy form: PaddleOCR trains each depthwise convolution as several parallel branches
with batch normalisation and adds them up into one before it publishes a graph. The sums cannot be taken apart again, so
the definitions have one convolution each, with a bias. They can be trained on from there.
"""
