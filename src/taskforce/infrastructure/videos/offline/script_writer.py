"""A storyboard by rules: the sentences of the prompt, and what they say of place, hour and who is there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from taskforce.core.videos.ports import Brief, RefusedAnswer, ScriptWriter
from taskforce.core.videos.storyboard import Character, Scene, Storyboard, StyleGuide
from taskforce.infrastructure.videos.offline.beats import Beat, beats
from taskforce.infrastructure.videos.offline.labels import CLOSING, OPENING, digest
from taskforce.infrastructure.videos.offline.vocabulary import (
    EARTHLY,
    HOURS,
    SUBJECTS,
    WEATHERS,
    Hour,
    Place,
    Subject,
    Weather,
    colour_named,
    first_named,
    is_frozen,
    last_named,
    place_named,
)

_SHOTS = ("A wide view", "A closer view", "A view from the side", "A view over the shoulder")
_MOTIONS = (
    "The camera travels slowly to the right, near things pass faster than far ones.",
    "The camera travels to the right and pushes in a little.",
    "The camera drifts along with what moves.",
    "The camera travels on and comes closer.",
)
_FULL_STOPS = ".\u3002"
_CAMERA = "Slow travelling shots that begin and end softly, with depth."
_LATER: dict[Hour, str] = {
    Hour.DAWN: "at dawn",
    Hour.DAY: "by day",
    Hour.DUSK: "at dusk",
    Hour.NIGHT: "at night",
}
_PLAIN: dict[Hour, str] = {
    Hour.DAWN: "rose, gold and blue of dawn",
    Hour.DAY: "clear blue and fresh colours of day",
    Hour.DUSK: "violet and orange of dusk",
    Hour.NIGHT: "deep blue of night with points of light",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What holds from one scene to the next, until something else is said."""

    place: Place
    hour: Hour
    is_hour_said: bool
    weather: Weather
    subject: Subject
    colour: str | None
    """Of who is there, so that each scene shows the same one."""
    is_frozen: bool
    """Whether its water is ice, until the place is another."""

    @classmethod
    def of(cls, brief: Brief) -> "_Setting":
        """Return what the whole prompt says; what it does not say is drawn by its digest."""
        drawn = digest(f"{brief.prompt}\n{brief.style}", brief.seed)
        hour = first_named(HOURS, brief.prompt)
        return cls(
            place=place_named(brief.prompt) or EARTHLY[drawn % len(EARTHLY)],
            hour=hour or tuple(Hour)[(drawn >> 8) % len(Hour)],
            is_hour_said=hour is not None,
            weather=first_named(WEATHERS, brief.prompt) or (Weather.CLEAR, Weather.CLOUDS)[(drawn >> 16) % 2],
            subject=first_named(SUBJECTS, brief.prompt) or Subject.NOTHING,
            colour=None,
            is_frozen=False,
        )

    def after(self, beat: Beat, *, is_first: bool) -> "_Setting":
        """Return what holds in the scene of a beat; time goes on where nobody says when it is."""
        hour = last_named(HOURS, beat.text)
        subject = first_named(SUBJECTS, beat.text) or self.subject
        goes_on = not is_first and not self.is_hour_said
        hours = tuple(Hour)
        place = place_named(beat.text) or self.place
        passed = hours[(hours.index(self.hour) + 1) % len(hours)] if goes_on else self.hour
        return replace(
            self,
            place=place,
            hour=hour or passed,
            weather=last_named(WEATHERS, beat.text) or self.weather,
            subject=subject,
            colour=colour_named(beat.text) or (self.colour if subject is self.subject else None),
            is_frozen=is_frozen(beat.text) or (self.is_frozen and place is self.place),
        )

    @property
    def told(self) -> str:
        """Return it in words, as those who draw read them."""
        who = "" if self.subject is Subject.NOTHING else f"the {self.colour or ''} {self.subject} in "
        where = f"frozen {self.place}" if self.is_frozen else self.place
        return " ".join(f"{who}the {where} {_LATER[self.hour]}, {self.weather}".split())


class RuleScriptWriter(ScriptWriter):
    """Writes the same storyboard for the same brief, without asking anybody."""

    async def write(self, brief: Brief, *, refused: Sequence[RefusedAnswer]) -> str:
        return storyboard(brief).model_dump_json()


def storyboard(brief: Brief) -> Storyboard:
    """Return a storyboard with exactly as many scenes as are asked for."""
    before = 0 if brief.earlier is None else brief.earlier.scenes[-1].index + 1
    setting = _Setting.of(brief)
    scenes: list[Scene] = []
    settings: list[_Setting] = []
    for number, beat in enumerate(beats(brief.prompt, before + brief.scenes)):
        setting = setting.after(beat, is_first=number == 0)
        settings.append(setting)
        scenes.append(_scene(number, beat, setting, brief))
    if brief.earlier is not None:
        return brief.earlier.model_copy(update={"scenes": tuple(scenes[before:])})
    return Storyboard(
        style_guide=_style_guide(brief, settings),
        characters=tuple(_characters(settings)),
        scenes=tuple(scenes),
    )


def _scene(number: int, beat: Beat, setting: _Setting, brief: Brief) -> Scene:
    drawn = digest(f"{beat.text}\n{number}", brief.seed)
    shot = _SHOTS[drawn % len(_SHOTS)]
    description = beat.text
    if beat.turn:
        description = f"{beat.text.rstrip(_FULL_STOPS)} — {_LATER[setting.hour]}"
    seen = (
        f"{shot}: {description.rstrip('.')}. Here is {setting.told}. Scene {number + 1}, {brief.style} style."
    )
    return Scene(
        index=number,
        description=description,
        start_frame_prompt=f"{OPENING} {seen}",
        end_frame_prompt=f"{CLOSING} {seen}",
        motion_prompt=_MOTIONS[(drawn >> 8) % len(_MOTIONS)],
    )


def _style_guide(brief: Brief, settings: Sequence[_Setting]) -> StyleGuide:
    hours = list(dict.fromkeys(_PLAIN[setting.hour] for setting in settings))
    return StyleGuide(
        visual_style=f"{brief.style or 'plain'}: layered landscapes in depth, clear shapes, soft light",
        color_palette="; ".join(hours),
        camera_style=_CAMERA,
    )


def _characters(settings: Sequence[_Setting]) -> list[Character]:
    there = dict.fromkeys(setting.subject for setting in settings if setting.subject is not Subject.NOTHING)
    return [
        Character(
            name=f"The {who}", description=f"The {who}, the same in each scene, in the light of its hour."
        )
        for who in there
    ]
