"""Softer words for what a provider has refused."""

import re

from taskforce.core.videos.limits import ESCALATIONS

_MILDER = {
    "blood": "red light",
    "bloody": "red",
    "corpse": "sleeping figure",
    "dead": "still",
    "death": "silence",
    "die": "fade",
    "dies": "fades",
    "explosion": "burst of light",
    "explode": "glow",
    "explodes": "glows",
    "fight": "dance",
    "fights": "dances",
    "fighting": "dancing",
    "gun": "torch",
    "guns": "torches",
    "kill": "chase",
    "kills": "chases",
    "killing": "chasing",
    "knife": "wand",
    "murder": "mystery",
    "naked": "robed",
    "nude": "robed",
    "shoot": "point",
    "shooting": "pointing",
    "sword": "staff",
    "violence": "tension",
    "violent": "tense",
    "war": "storm",
    "weapon": "tool",
    "weapons": "tools",
    "wound": "mark",
}
_HARSH = re.compile(rf"\b({'|'.join(_MILDER)})\b", re.IGNORECASE)
_TONES = (
    "",
    "A calm scene, fit for all ages, with nobody real in it. ",
    "An abstract, peaceful scene of light and landscape, without people. ",
)


def softened(prompt: str, *, level: int) -> str:
    """Return a prompt as it is at level 0, milder at each level above."""
    if not 0 <= level <= ESCALATIONS:
        raise ValueError(f"words are softened {ESCALATIONS} times at most, not {level} times")
    if level == 0:
        return prompt
    return _TONES[level] + _HARSH.sub(lambda found: _MILDER[found[0].lower()], prompt)
