"""When clips begin and end in a film, whatever lengths they have."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.videos.model import FRAMES_PER_SECOND
from taskforce.infrastructure.videos.assembling.timeline import FADE, length, timeline

LENGTHS = st.lists(
    st.fractions(Fraction(1, 24), Fraction(60), max_denominator=90_000), min_size=1, max_size=15
)


@given(seconds=LENGTHS)
def test_clips_that_are_cut_end_where_their_sum_ends_to_half_a_frame(seconds: list[Fraction]) -> None:
    frames = length(timeline(seconds, fade=0))
    assert abs(Fraction(frames, FRAMES_PER_SECOND) - sum(seconds)) <= Fraction(1, 2 * FRAMES_PER_SECOND)


@given(seconds=LENGTHS, fade=st.integers(0, 48))
def test_fades_take_at_most_half_of_each_clip_and_are_taken_off_the_sum(
    seconds: list[Fraction], fade: int
) -> None:
    places = timeline(seconds, fade=fade)
    begins = [0, *(place.fade for place in places)]
    for place, before in zip(places, begins, strict=False):
        assert 0 <= place.fade <= fade
        assert before + place.fade <= place.frames
    assert places[-1].fade == 0
    assert length(places) == sum(place.frames for place in places) - sum(place.fade for place in places)


@given(
    seconds=st.lists(
        st.fractions(Fraction(0), Fraction(1, 30), max_denominator=1_000), min_size=1, max_size=9
    )
)
def test_a_clip_is_never_shorter_than_a_frame(seconds: list[Fraction]) -> None:
    assert all(place.frames >= 1 for place in timeline(seconds, fade=FADE))
