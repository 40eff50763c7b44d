"""The real worker and the real SQL live through a thousand histories of crashes, pauses and bad hints."""

import os
import subprocess
import sys

import pytest

from tests.integration.proof.simulation import simulate
from tests.integration.proof.sweep import swept, told

SEEDS = 1_000
LONG = 20_000
SEED = os.environ.get("SEED")
HASHES = ("0", "1", "4711")
"""One history to be lived again and told, instead of a thousand."""


@pytest.mark.timeout(1_800)
def test_a_thousand_histories_are_good() -> None:
    if SEED is not None:
        history = simulate(int(SEED))
        sys.stdout.write("\n".join(told(history)) + "\n")
        assert not history.findings
        return
    whole = swept(range(LONG if os.environ.get("FAULTS") == "long" else SEEDS))
    assert not whole.bad, whole.told()
    assert whole.counts["ends"] > whole.seeds, "too few crashes to prove anything"
    assert whole.counts["holds"] > whole.seeds, "too few pauses to prove anything"
    assert whole.counts["log play_stopped"] > whole.seeds / 10, "too few workers lost their lease"
    for words in ("sets the clock", "retries", "watches", "hears answer", "hears timer"):
        assert whole.counts[words] > whole.seeds / 10, f"too few times that somebody {words}"
    assert whole.counts["log lease_lost"] > 0, "no worker lost its lease before its last word"


@pytest.mark.parametrize("seed", [1, 19, 129])
def test_the_same_seed_gives_the_same_history(seed: int) -> None:
    assert simulate(seed) == simulate(seed)


def test_the_same_seed_gives_the_same_history_in_every_process() -> None:
    words = (sys.executable, "-m", "tests.integration.proof.sweep", "23")
    histories = {
        subprocess.run(
            words, env={**os.environ, "PYTHONHASHSEED": hashes}, capture_output=True, text=True, check=True
        ).stdout
        for hashes in HASHES
    }
    assert len(histories) == 1
    assert len(histories.pop().splitlines()) > 50
