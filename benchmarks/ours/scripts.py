"""Writes the scripts of the measured missions."""

from pathlib import Path

from benchmarks.child import tell, told
from benchmarks.ours.lookup import PROFILE, write_script


def main() -> None:
    """Write both, and tell their models and the profile of the tool."""
    folder = Path(told()["folder"])
    answer, call = write_script(folder, with_call=False), write_script(folder, with_call=True)
    tell(answer=answer, call=call, profile=PROFILE)


if __name__ == "__main__":
    main()
