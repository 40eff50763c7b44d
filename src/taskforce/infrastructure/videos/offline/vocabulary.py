"""The words that choose a picture: where it plays, at what hour, in what weather, and who is in it."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T", bound=StrEnum)


class Place(StrEnum):
    MOUNTAINS = "mountains"
    SEA = "sea"
    CITY = "city"
    SPACE = "space"
    FOREST = "forest"
    DESERT = "desert"
    MEADOW = "meadow"
    DEEP = "underwater world"
    ABSTRACT = "abstract"


class Hour(StrEnum):
    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    CLEAR = "clear"
    CLOUDS = "clouds"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"


class Subject(StrEnum):
    NOTHING = "nothing"
    SHIP = "ship"
    BALLOON = "balloon"
    ROCKET = "rocket"
    BIRDS = "birds"
    CAR = "car"
    TRAIN = "train"
    HOUSE = "house"
    LIGHTHOUSE = "lighthouse"
    TREE = "tree"
    WALKER = "walker"
    ROBOT = "robot"
    WHALE = "whale"
    FOX = "fox"


PLACES: Mapping[Place, str] = {
    Place.MOUNTAINS: (
        "mountain mountains alps peak peaks summit cliff cliffs valley canyon volcano glacier hill "
        "hills highland highlands ridge rock rocks"
    ),
    Place.SEA: (
        "sea ocean coast beach shore harbor harbour port island islands bay wave waves lake river surf"
    ),
    Place.CITY: (
        "city town street streets skyline tower towers downtown skyscraper skyscrapers metropolis "
        "factory bridge rooftop rooftops neon cyberpunk market station"
    ),
    Place.SPACE: (
        "space galaxy star stars planet planets cosmos cosmic orbit asteroid nebula mars moonbase universe"
    ),
    Place.FOREST: "forest woods wood jungle trees grove rainforest pine pines",
    Place.DESERT: "desert dune dunes sand sahara oasis pyramid pyramids savanna",
    Place.MEADOW: (
        "meadow field fields grass farm garden flower flowers countryside village prairie spring "
        "orchard park vineyard barn"
    ),
    Place.DEEP: "underwater reef coral abyss",
    Place.ABSTRACT: (
        "abstract geometry geometric pattern shapes colours colors music dream dreams idea ideas data "
        "code thought thoughts logo"
    ),
}
EARTHLY = (Place.MOUNTAINS, Place.SEA, Place.CITY, Place.FOREST, Place.DESERT, Place.MEADOW)
"""Where it may play when nobody says where."""
HAUNTS: Mapping[Place, str] = {
    Place.MOUNTAINS: "dragon dragons castle castles",
    Place.SEA: "ship boat sail sails sailing lighthouse pirate pirates captain sailor",
    Place.CITY: "taxi traffic robot robots machine machines office",
    Place.SPACE: "astronaut spaceship rocket rockets spacecraft satellite alien aliens",
    Place.FOREST: "fox deer wolf bear",
    Place.DESERT: "camel camels caravan",
    Place.DEEP: "whale whales fish fishes submarine diver jellyfish octopus dolphin",
    Place.MEADOW: "cow cows sheep farmer",
}
"""Who is at home where, for texts that name no place."""
HOURS: Mapping[Hour, str] = {
    Hour.DAWN: "dawn sunrise morning daybreak",
    Hour.DAY: "day noon midday daylight sunny afternoon summer",
    Hour.DUSK: "dusk sunset evening twilight golden autumn",
    Hour.NIGHT: "night midnight moonlight moonlit dark darkness stars nocturnal neon",
}
WEATHERS: Mapping[Weather, str] = {
    Weather.CLEAR: "clear calm cloudless bright",
    Weather.CLOUDS: "cloud clouds cloudy overcast",
    Weather.RAIN: "rain rainy storm stormy thunder downpour drizzle",
    Weather.SNOW: "snow snowy winter blizzard",
    Weather.FOG: "fog foggy mist misty haze hazy",
}
SUBJECTS: Mapping[Subject, str] = {
    Subject.SHIP: "ship boat sail sails sailing vessel pirate pirates yacht captain",
    Subject.BALLOON: "balloon balloons airship zeppelin",
    Subject.ROCKET: "rocket spaceship spacecraft astronaut shuttle satellite",
    Subject.BIRDS: "bird birds gull gulls seagull seagulls eagle eagles crow crows swan swans owl dragon",
    Subject.CAR: "car cars taxi truck bus drive drives driving traffic",
    Subject.TRAIN: "train trains railway locomotive tram",
    Subject.HOUSE: "house home cabin cottage hut barn village farm castle",
    Subject.LIGHTHOUSE: "lighthouse beacon",
    Subject.TREE: "tree oak willow",
    Subject.WALKER: (
        "man woman person people child children kid kids family girl boy girls boys traveller traveler "
        "hiker walker wanderer hero keeper farmer sailor caravan walks friend friends"
    ),
    Subject.ROBOT: "robot robots android machine machines droid",
    Subject.WHALE: "whale whales fish dolphin submarine",
    Subject.FOX: "fox wolf dog cat deer horse bear animal",
}
LANDSMEN = frozenset(
    (Subject.CAR, Subject.TRAIN, Subject.HOUSE, Subject.TREE, Subject.WALKER, Subject.ROBOT, Subject.FOX)
)
"""Who does not stand on water."""
FROZEN = frozenset(("ice", "icy", "frozen", "frosty"))
"""Words for water that carries."""
COLOURS: Mapping[str, float] = {
    "red": 0.0, "crimson": 0.98, "orange": 0.08, "golden": 0.12, "gold": 0.12, "yellow": 0.15,
    "green": 0.35, "emerald": 0.40, "turquoise": 0.48, "teal": 0.50, "blue": 0.60, "indigo": 0.70,
    "violet": 0.76, "purple": 0.78, "magenta": 0.86, "pink": 0.92,
}  # fmt: skip
"""Hues, in turns of the colour wheel."""


def words(text: str) -> Iterator[str]:
    """Give the words of a text, in small letters, in their order."""
    for found in re.finditer(r"\w+", text.casefold()):
        yield found.group()


def last_named(table: Mapping[T, str], text: str) -> T | None:
    """Return what the text names last, as what is said last is where we are now."""
    meant = {word: thing for thing, told in table.items() for word in told.split()}
    named = None
    for word in words(text):
        named = meant.get(word, named)
    return named


def place_named(text: str) -> Place | None:
    """Return the last place a text names, else where the last of those it names is at home."""
    return last_named(PLACES, text) or last_named(HAUNTS, text)


def first_named(table: Mapping[T, str], text: str) -> T | None:
    """Return what the text names first, as a sentence begins with its subject."""
    meant = {word: thing for thing, told in table.items() for word in told.split()}
    return next((meant[word] for word in words(text) if word in meant), None)


def is_frozen(text: str) -> bool:
    """Tell whether a text speaks of ice."""
    return not FROZEN.isdisjoint(words(text))


def colour_named(text: str) -> str | None:
    """Return the last colour that a text names, as a word."""
    named = None
    for word in words(text):
        named = word if word in COLOURS else named
    return named


def hue_named(text: str) -> float | None:
    """Return the hue of the last colour that a text names, in turns."""
    named = colour_named(text)
    return None if named is None else COLOURS[named]
