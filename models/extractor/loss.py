"""What training lowers."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from edgekit.extract.words import TAGS
from models.extractor.samples import EITHER, POINTERS, RIGHT

_NEVER = -1e4
_POINTING = [TAGS.index(tag) for tag in POINTERS]
_STANDING = [i for i, tag in enumerate(TAGS) if tag not in POINTERS]


def loss_of(scores: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Loss of each receipt and tag: [receipts, tags], 0 where the tag is not known.

    scores: [receipts, words, tags]. targets: int8 of that shape, EITHER for padding. known: [receipts, tags].
    A pointer's is the negative log of the probability of all its right words together, or of none where it has no
    right one; the logit of none is 0. The others' is the mean log-loss over words, as many count as are right.
    """
    found = torch.zeros_like(known)
    found[:, _POINTING] = _pointing(scores[..., _POINTING], targets[..., _POINTING])
    found[:, _STANDING] = _standing(scores[..., _STANDING], targets[..., _STANDING])
    return found * known


def _pointing(scores: Tensor, targets: Tensor) -> Tensor:
    none = torch.zeros_like(scores[:, :1])
    right = targets == RIGHT
    all_logits = torch.cat([scores.masked_fill(targets == EITHER, _NEVER), none], 1)
    absent = none.masked_fill(right.any(1, keepdim=True), _NEVER)
    right_logits = torch.cat([scores.masked_fill(~right, _NEVER), absent], 1)
    return all_logits.logsumexp(1) - right_logits.logsumexp(1)


def _standing(scores: Tensor, targets: Tensor) -> Tensor:
    right = (targets == RIGHT).to(scores.dtype)
    each = F.binary_cross_entropy_with_logits(scores, right, reduction="none") * (targets != EITHER)
    return each.sum(1) / (1.0 + right.sum(1))
