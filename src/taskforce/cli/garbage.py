"""The garbage collector while a command loads and ends.

What a command loads stays until it ends: looking through all of it again and again, and once more at the
end, would take a third of the time of a short command.
"""

import gc


def pause() -> None:
    """Look for no garbage while modules load."""
    gc.disable()


def resume() -> None:
    """Look for garbage, but only among what is made from now on."""
    gc.freeze()
    gc.enable()
