"""How much may be asked for, and how often is tried."""

from datetime import timedelta

from taskforce.core.errors import Exhausted, Unavailable
from taskforce.core.jobs.retry import RetryPolicy

MOST_SCENES = 15
SHORTEST_CLIP, LONGEST_CLIP, USUAL_CLIP = 2, 60, 5
"""Seconds."""
USUAL_SCENES = 3
LONGEST_PROMPT = 10_000
LONGEST_STYLE = 200
LONGEST_TITLE = 200

MOST_PICTURE_BYTES = 32 * 2**20
MOST_CLIP_BYTES = 256 * 2**20

ANSWERS = 4
"""Storyboards that are asked for until one is right: the first, and three that mend it."""
POLLS = 40
"""Looks at one operation, counted across restarts; who resumes after the last gives it as many again."""
ESCALATIONS = 2
"""After a refusal: softer words, then a new end picture too."""
CONCURRENCY = 3
"""Clips made side by side, unless `video_gen_concurrency` says otherwise."""

PATIENT = RetryPolicy(
    attempts=8,
    first=timedelta(seconds=4),
    factor=2.0,
    most=timedelta(seconds=120),
    jitter=0.25,
    only=(Exhausted, Unavailable),
)
"""Of a call to a provider that is away or overloaded (429, 5xx, no connection): seven further tries."""


def scene_count(total_duration: int, clip_duration: int) -> int:
    """Return how many clips make up a film, the last one whole."""
    return -(-total_duration // clip_duration)
