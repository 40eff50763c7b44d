"""What is imported on demand is loaded when it is needed, and is then like any other."""

import builtins
import subprocess
import sys
from fractions import Fraction

from taskforce.on_demand import on_demand

with on_demand(__name__):
    from fractions import Fraction as Later
    from string import Formatter, capwords
    from string import ascii_lowercase as letters

with on_demand("somebody.else"):
    from decimal import Decimal

TRYING = """
import sys
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from fractions import Fraction

def half(one: Fraction | None) -> Fraction:
    return Fraction(1, 2)

assert "fractions" not in sys.modules
assert half(None) + half(None) == 1
assert "fractions" in sys.modules
"""

STAYING = """
import sys
from taskforce.on_demand import load_promised, on_demand

with on_demand(__name__):
    from fractions import Fraction

load_promised()
assert "fractions" in sys.modules
"""


def test_it_is_loaded_when_it_is_first_called() -> None:
    subprocess.run([sys.executable, "-c", TRYING], check=True)


def test_what_stays_for_long_loads_all_at_once() -> None:
    subprocess.run([sys.executable, "-c", STAYING], check=True)


def test_a_call_gives_what_the_class_itself_gives() -> None:
    assert type(Later(1, 2)) is Fraction


def test_a_function_is_called() -> None:
    assert capwords("on demand") == "On Demand"


def test_an_attribute_is_that_of_the_class_itself() -> None:
    assert Later(0.5) == Fraction(1, 2)


def test_what_a_class_made_is_an_instance_of_its_promise() -> None:
    assert isinstance(Fraction(1, 2), Later)
    assert not isinstance("1/2", Later)
    assert not isinstance("1/2", Formatter)


def test_a_table_is_looked_into_under_its_own_name() -> None:
    assert letters[0] == "a"
    assert "".join(letters).startswith("abc")


def test_other_imports_are_as_ever() -> None:
    assert type(Decimal) is type
    assert repr(builtins.__import__) == "<built-in function __import__>"
