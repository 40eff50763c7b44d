"""The same seed comes to the same bytes in any process, whatever its hashes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from taskforce.core.scenarios.engine.simulation import Simulation
from tests.unit.core.scenarios.engine.rich_plant import RICH, a_rich_scenario, played_whole

ROOT = Path(__file__).parents[3]
FROM_THE_BEGINNING = """
import sys
from tests.unit.core.scenarios.engine.rich_plant import RICH, a_rich_scenario, played_whole
sys.stdout.buffer.write(played_whole(RICH, a_rich_scenario()))
"""
FROM_A_STATE = """
import sys
from taskforce.core.scenarios.engine.simulation import Simulation
from tests.unit.core.scenarios.engine.rich_plant import RICH, a_rich_scenario, told
simulation = Simulation.thaw(RICH, a_rich_scenario(), sys.stdin.buffer.read())
while not simulation.play(100_000):
    pass
sys.stdout.buffer.write(told(simulation.finished()))
"""


def elsewhere(program: str, *, hashes: str, given: bytes = b"") -> bytes:
    """Return what a program writes in a process whose strings hash otherwise."""
    environment = os.environ | {"PYTHONHASHSEED": hashes}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("hashes", ["1", "2"])
def test_another_process_comes_to_the_same_bytes(hashes: str) -> None:
    assert elsewhere(FROM_THE_BEGINNING, hashes=hashes) == played_whole(RICH, a_rich_scenario())


def test_another_process_goes_on_to_the_same_bytes() -> None:
    simulation = Simulation.begin(RICH, a_rich_scenario())
    simulation.play(150)
    assert simulation.finished() == ()
    told = elsewhere(FROM_A_STATE, hashes="3", given=simulation.freeze())
    assert told == played_whole(RICH, a_rich_scenario())
