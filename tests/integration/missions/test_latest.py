"""What is kept in memory is what was asked for last."""

from taskforce.infrastructure.missions.latest import Latest


def test_what_is_kept_is_found() -> None:
    latest: Latest[str, int] = Latest(most=2)
    latest.keep("a", 1)
    assert (latest.find("a"), latest.find("b")) == (1, None)


def test_what_nobody_asked_for_goes_first() -> None:
    latest: Latest[str, int] = Latest(most=2)
    latest.keep("a", 1)
    latest.keep("b", 2)
    latest.find("a")
    latest.keep("c", 3)
    assert [latest.find(key) for key in "abc"] == [1, None, 3]


def test_a_newer_value_takes_the_place_of_the_older() -> None:
    latest: Latest[str, int] = Latest(most=1)
    latest.keep("a", 1)
    latest.keep("a", 2)
    assert latest.find("a") == 2
