"""Parts of the page of benchmarks are written anew, and what it says of all of them with it."""

from benchmarks.goals import Row, at_most
from benchmarks.measure import Samples
from benchmarks.page import Section, revised

PAGE = """# Benchmarks

1 of 2 goals are met. Missed: a thing.

## First

| what | ours | goal |  |
| --- | --- | --- | --- |
| a thing [ms] | 9 | ≤ 5 | **missed** |
| without a goal [ms] | 9 |  |  |

- A note.

## Last

| what | ours | goal |  |
| --- | --- | --- | --- |
| another [x] | 1 | ≤ 2 | met |

- Another note.
"""


def a_section(title: str, *, took: float) -> Section:
    row = Row(what="how long", unit="ms", ours=Samples((took,)), goal=at_most(5))
    return Section(title=title, notes="- As ever.", rows=[row], profiles={})


def test_a_part_is_written_anew_in_its_place_with_its_date() -> None:
    page = revised(PAGE, [a_section("First", took=4)], order=["First", "Last"], date="2026-11-22")
    assert page.index("## First") < page.index("how long [ms]") < page.index("## Last")
    assert "a thing" not in page
    assert "- As ever.\n- Measured apart from the rest: 2026-11-22.\n\n## Last" in page
    assert page.endswith("- Another note.\n")
    assert "\n2 of 2 goals are met.\n" in page


def test_a_new_part_stands_where_its_scene_does_and_what_it_misses_is_told() -> None:
    page = revised(PAGE, [a_section("Middle", took=6)], order=["First", "Middle", "Last"], date="today")
    assert page.index("## First") < page.index("## Middle") < page.index("## Last")
    assert "\n1 of 3 goals are met. Missed: a thing; how long.\n" in page


def test_a_page_of_which_nothing_is_new_stays_as_it_is() -> None:
    assert revised(PAGE, [], order=["First", "Last"], date="today") == PAGE
