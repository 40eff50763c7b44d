"""Which of several texts fits some words best (BM25)."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

_K, _B = 1.2, 0.75


def best_of(words: AbstractSet[str], texts: Sequence[str]) -> int | None:
    """Return the place of the text that fits the words best; None when none does or two do alike."""
    counted = [Counter(re.findall(r"[a-z0-9]+", text.lower())) for text in texts]
    if not counted:
        return None
    mean = sum(text.total() for text in counted) / len(counted)
    scores = []
    for text in counted:
        score = 0.0
        for word in sorted(words):
            holding = sum(word in other for other in counted)
            rarity = math.log(1 + (len(counted) - holding + 0.5) / (holding + 0.5))
            score += rarity * text[word] * (_K + 1) / (text[word] + _K * (1 - _B + _B * text.total() / mean))
        scores.append(score)
    top = max(scores)
    return scores.index(top) if top > 0 and scores.count(top) == 1 else None
