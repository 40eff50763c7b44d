"""A soft bed of sound: chords in a key that the place and the hour choose, and what is heard there."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from taskforce.infrastructure.videos.mp4 import SAMPLE_RATE, SAMPLES_PER_FRAME
from taskforce.infrastructure.videos.offline.labels import digest
from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.vocabulary import Hour, Place, Weather

_MAJOR, _MINOR = (0, 4, 7, 11), (0, 3, 7, 10)
"""Semitones above the root."""
_WAYS: Mapping[Hour, tuple[tuple[int, tuple[int, ...]], ...]] = {
    Hour.DAWN: ((0, _MAJOR), (5, _MAJOR), (9, _MINOR), (7, _MAJOR)),
    Hour.DAY: ((0, _MAJOR), (7, _MAJOR), (5, _MAJOR), (0, _MAJOR)),
    Hour.DUSK: ((9, _MINOR), (5, _MAJOR), (0, _MAJOR), (7, _MAJOR)),
    Hour.NIGHT: ((0, _MINOR), (8, _MAJOR), (3, _MAJOR), (10, _MAJOR)),
}
"""Chords, by their distance from the key."""
_CHORD = 2.5
"""Seconds of a chord."""
_WIND: Mapping[Place, tuple[float, float]] = {
    Place.SEA: (0.055, 0.16),
    Place.DEEP: (0.030, 0.09),
    Place.FOREST: (0.018, 0.23),
    Place.MOUNTAINS: (0.030, 0.11),
    Place.DESERT: (0.030, 0.13),
    Place.MEADOW: (0.014, 0.19),
    Place.CITY: (0.022, 0.05),
    Place.SPACE: (0.010, 0.06),
}
"""How loud, and how often a second it swells."""
_EDGE = 0.35
"""Seconds in which a clip's sound comes and goes."""


def bed(look: Look, *, seed: int, frames: int) -> Iterator[npt.NDArray[np.float32]]:
    """Give the sound of each frame: two rows of samples, from -1 to 1."""
    voice = _Voice(look, seed=seed, samples=frames * SAMPLES_PER_FRAME)
    for number in range(frames):
        yield voice.block(number * SAMPLES_PER_FRAME)


class _Voice:
    """Chords of soft sines, a bell now and then, and filtered noise."""

    def __init__(self, look: Look, *, seed: int, samples: int) -> None:
        self._samples = samples
        self._way = _WAYS[look.hour]
        self._key = 110.0 * 2 ** ((digest(f"{look.place} {look.style}", seed) % 12) / 12)
        chance = look.chance("sound")
        self._begin = int(chance.integers(4))
        loud, self._swell = _WIND.get(look.place, (0.012, 0.1))
        self._wind = loud + (0.05 if look.weather is Weather.RAIN else 0.0)
        noise = chance.normal(0, 1, (2, SAMPLE_RATE))
        for _ in range(1 if look.weather is Weather.RAIN else 3):
            noise = (noise + np.roll(noise, 1, 1) + np.roll(noise, 2, 1)) / 3
        self._noise = noise * 0.5 / float(np.abs(noise).std() + 1e-6)
        self._bells = chance.integers(0, 4, 64)

    def block(self, first: int) -> npt.NDArray[np.float32]:
        """Return the samples of one frame."""
        at = np.arange(first, first + SAMPLES_PER_FRAME)
        time = at / SAMPLE_RATE
        whole = self._chords(time) + self._bell(time)
        gusts = self._wind * (0.6 + 0.4 * np.sin(2 * np.pi * self._swell * time))
        left, right = (whole + gusts * row[at % SAMPLE_RATE] for row in self._noise)
        edge = np.clip(np.minimum(at, self._samples - 1 - at) / (_EDGE * SAMPLE_RATE), 0, 1)
        return np.ascontiguousarray(np.tanh(np.stack((left, right)) * np.sin(edge * np.pi / 2)), np.float32)

    def _chords(self, time: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        place = time / _CHORD
        number = int(place[0])
        part = place - number
        near = np.clip(part / 0.25, 0, 1)
        sound = self._chord(number, time) * np.sin(near * np.pi / 2)
        if near[0] < 1 and number > 0:
            sound = sound + self._chord(number - 1, time) * np.cos(near * np.pi / 2)
        return sound

    def _chord(self, number: int, time: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        step, tones = self._way[(self._begin + number) % len(self._way)]
        sound = np.zeros_like(time)
        for tone in tones:
            pitch = self._key * 2 ** (((step + tone) % 12 + (12 if tone else 0)) / 12)
            slow = 1 + 0.0025 * np.sin(2 * np.pi * 0.31 * time + tone)
            for partial, loud in ((1, 0.055), (2, 0.016), (3, 0.006)):
                sound += loud * slow * np.sin(2 * np.pi * pitch * partial * time)
        return sound

    def _bell(self, time: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        beat = _CHORD / 2
        number = int(time[0] / beat)
        step, tones = self._way[(self._begin + int(time[0] / _CHORD)) % len(self._way)]
        tone = tones[int(self._bells[number % len(self._bells)])]
        since = time - number * beat
        pitch = self._key * 4 * 2 ** (((step + tone) % 12) / 12)
        return np.asarray(
            0.05 * np.exp(-since * 3.2) * (1 - np.exp(-since * 90)) * np.sin(2 * np.pi * pitch * since)
        )
