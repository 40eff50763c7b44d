"""What a text decides of its picture."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.infrastructure.videos.offline.look import Look
from taskforce.infrastructure.videos.offline.palettes import palette_of
from taskforce.infrastructure.videos.offline.vocabulary import (
    HOURS,
    PLACES,
    SUBJECTS,
    WEATHERS,
    Hour,
    Place,
    Subject,
    Weather,
    first_named,
    last_named,
)


@pytest.mark.parametrize("place", Place)
def test_a_place_is_understood_by_its_own_name(place: Place) -> None:
    assert last_named(PLACES, f"Here is the {place}.") is place


@pytest.mark.parametrize("hour", Hour)
def test_an_hour_is_understood_by_its_own_name(hour: Hour) -> None:
    assert last_named(HOURS, hour.value) is hour


@pytest.mark.parametrize("weather", Weather)
def test_weather_is_understood_by_its_own_name(weather: Weather) -> None:
    assert last_named(WEATHERS, weather.value) is weather


@pytest.mark.parametrize("subject", [one for one in Subject if one is not Subject.NOTHING])
def test_a_subject_is_understood_by_its_own_name(subject: Subject) -> None:
    assert first_named(SUBJECTS, f"Here is the {subject}") is subject


@given(prompt=st.text(max_size=200), seed=st.integers(0, 2**63))
def test_any_text_has_a_look_and_always_the_same(prompt: str, seed: int) -> None:
    assert Look.of(prompt, seed=seed) == Look.of(prompt, seed=seed)


def test_the_last_place_and_the_first_subject_of_a_text_count() -> None:
    look = Look.of("A fox leaves the forest for the snowy mountains, where a bear waits, by night")
    assert (look.place, look.subject, look.hour) == (Place.MOUNTAINS, Subject.FOX, Hour.NIGHT)


def test_two_texts_with_the_same_words_for_place_and_hour_still_differ() -> None:
    assert Look.of("A calm sea at dusk").seed != Look.of("The wide sea at dusk").seed


def test_first_and_last_picture_of_a_scene_look_alike() -> None:
    assert Look.of("First picture: a sea") == Look.of("Last picture: a sea")


def test_a_colour_that_is_named_is_taken() -> None:
    assert Look.of("a red house").hue == 0.0
    assert Look.of("a house").hue is None


def test_a_whale_is_seen_where_it_swims() -> None:
    assert Look.of("A whale in the ocean").place is Place.DEEP


@pytest.mark.parametrize("text", ["A frozen lake", "Ice on the river", "icy water", "A FROSTY bay"])
def test_ice_is_understood_and_is_no_weather(text: str) -> None:
    assert Look.of(text).is_frozen
    assert last_named(WEATHERS, text) is None
    assert not Look.of("A lake").is_frozen


def test_under_water_snow_does_not_lie() -> None:
    snow, clear = (Look.of(f"A whale in the ocean by day, {weather}") for weather in ("snow", "clear"))
    bright, plain = palette_of(snow), palette_of(replace(clear, seed=snow.seed))
    assert bright.ground.tolist() == plain.ground.tolist()
