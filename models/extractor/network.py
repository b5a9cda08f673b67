"""The extraction network: letters and places of words in, a score per word and tag out.

A transformer encoder (Vaswani et al., 2017; layer norm first) over the words of a receipt, with a bias on attention
from how many rows and how far along the row two words stand apart.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel

from edgekit.extract.places import PLACES
from edgekit.extract.words import CHAR_IDS, LETTERS, TAGS

_HIDDEN = -1e4  # added to the attention on padding; float16 holds it
_STEPS = 6  # measures of how two words stand to each other
_ROW, _LEFT, _RIGHT = (PLACES.index(name) for name in ("from_top", "left", "right"))


class ExtractorConfig(PretrainedConfig):
    """Sizes of the network.

    char_ids, letters, places: of its inputs (see edgekit/extract/words.py). tags: names of its outputs, in order.
    char_width, word_width: of the vectors of a character and of a word. width, depth, heads, growth: of the blocks;
    growth is how much wider their inner layer is. dropout: share of numbers dropped in training. trained_on: names of
    the labelled sets that any run of its training saw, so that none of them is taken for new to it; None: not known.
    """

    model_type = "edgekit-extractor"

    def __init__(
        self,
        char_ids: int = CHAR_IDS,
        letters: int = LETTERS,
        places: int = len(PLACES),
        tags: tuple[str, ...] | list[str] = TAGS,
        char_width: int = 24,
        word_width: int = 64,
        width: int = 80,
        depth: int = 3,
        heads: int = 4,
        growth: int = 3,
        dropout: float = 0.1,
        trained_on: tuple[str, ...] | list[str] | None = None,
        **kwargs: Any,  # transformers hands its own settings on
    ) -> None:
        self.char_ids, self.letters, self.places, self.tags = char_ids, letters, places, list(tags)
        self.char_width, self.word_width = char_width, word_width
        self.width, self.depth, self.heads, self.growth = width, depth, heads, growth
        self.dropout = dropout
        self.trained_on = None if trained_on is None else list(trained_on)
        super().__init__(**kwargs)


class WordEncoder(nn.Module):
    """A word's vector from its characters: trigrams, of which each output takes the strongest."""

    def __init__(self, config: ExtractorConfig) -> None:
        super().__init__()
        self.letters = nn.Embedding(config.char_ids, config.char_width, padding_idx=0)
        self.trigrams = nn.Linear(3 * config.char_width, config.word_width)
        self.out = nn.Linear(config.word_width, config.width)

    def forward(self, chars: Tensor) -> Tensor:
        """int [1, words, letters] to [1, words, width]."""
        known = (chars > 0).to(self.out.weight.dtype).unsqueeze(-1)
        letters = self.letters(chars) * known
        before = F.pad(letters, (0, 0, 1, 0))[:, :, :-1]
        after = F.pad(letters, (0, 0, 0, 1))[:, :, 1:]
        grams = F.relu(self.trigrams(torch.cat([before, letters, after], -1))) * known
        word: Tensor = self.out(grams.amax(2))
        return word


class Block(nn.Module):
    """Attention, then two layers on each word; each reads a normalised copy and adds what it finds."""

    def __init__(self, config: ExtractorConfig) -> None:
        super().__init__()
        self.heads, self.size = config.heads, config.width // config.heads
        self.norm_words, self.norm_inner = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.query, self.key, self.value, self.mix = (nn.Linear(config.width, config.width) for _ in range(4))
        self.apart = nn.Linear(_STEPS, config.heads, bias=False)
        self.wide = nn.Linear(config.width, config.width * config.growth)
        self.narrow = nn.Linear(config.width * config.growth, config.width)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, words: Tensor, apart: Tensor, hidden: Tensor) -> Tensor:
        """words: [batch, words, width]. apart: [batch, words, words, _STEPS]. hidden: [batch, 1, 1, words]."""
        read = self.norm_words(words)
        query, key, value = (self._by_head(part(read)) for part in (self.query, self.key, self.value))
        nearness = query @ key.transpose(-1, -2) * self.size**-0.5
        attention = (nearness + self.apart(apart).permute(0, 3, 1, 2) + hidden).softmax(-1)
        seen = (self.drop(attention) @ value).transpose(1, 2).flatten(2)
        words = words + self.drop(self.mix(seen))
        inner: Tensor = self.drop(self.narrow(F.relu(self.wide(self.norm_inner(words)))))
        return words + inner

    def _by_head(self, words: Tensor) -> Tensor:
        return words.reshape(words.shape[0], words.shape[1], self.heads, self.size).transpose(1, 2)


class ExtractorModel(PreTrainedModel):
    """Scores of words: a logit of a pointer for tags of one value, a log-odds for vendor and items."""

    config_class = ExtractorConfig
    base_model_prefix = "extractor"
    main_input_name = "chars"

    def __init__(self, config: ExtractorConfig) -> None:
        super().__init__(config)
        self.words = WordEncoder(config)
        self.places = nn.Linear(config.places, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.width)
        self.tags = nn.Linear(config.width, len(config.tags))
        self.shortcut = nn.Linear(config.places, len(config.tags), bias=False)
        self.drop = nn.Dropout(config.dropout)
        PreTrainedModel.post_init(self)

    def _init_weights(self, module: nn.Module) -> None:
        """Linear layers keep torch's start; characters start small, and what stands near starts as if it did not."""
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.5)
            with torch.no_grad():
                module.weight[0].zero_()
        elif isinstance(module, Block):
            nn.init.zeros_(module.apart.weight)
        elif isinstance(module, ExtractorModel):
            nn.init.zeros_(module.shortcut.weight)

    def forward(self, chars: Tensor, places: Tensor) -> Tensor:
        """chars: int32 [batch, words, letters]; places: float32 [batch, words, places].

        Returns float32 [batch, words, tags]. Words whose first character is 0 are padding: no score depends on them.
        """
        known = (chars[:, :, 0] > 0).to(places.dtype)
        hidden = ((known - 1.0) * -_HIDDEN)[:, None, None, :]
        words = self.drop(self.words(chars) + self.places(places))
        apart = _apart(places)
        for block in self.blocks:
            words = block(words, apart, hidden)
        scores: Tensor = self.tags(self.norm(words)) + self.shortcut(places)
        return scores


def _apart(places: Tensor) -> Tensor:
    """[batch, words, words, _STEPS]: same row, row above, row below, rows apart, columns apart left and right."""
    rows = (4.0 * places[:, :, _ROW]).exp()
    down = rows[:, None, :] - rows[:, :, None]
    left, right = places[:, :, _LEFT], places[:, :, _RIGHT]
    measures = (
        F.relu(1.0 - down.abs()),
        F.relu(1.0 - (down + 1.0).abs()),
        F.relu(1.0 - (down - 1.0).abs()),
        down.abs() * 0.1,
        (left[:, None, :] - left[:, :, None]).abs(),
        (right[:, None, :] - right[:, :, None]).abs(),
    )
    return torch.stack(measures, -1)


AutoConfig.register(ExtractorConfig.model_type, ExtractorConfig)
AutoModel.register(ExtractorConfig, ExtractorModel)
