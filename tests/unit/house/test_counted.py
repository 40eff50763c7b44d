"""What the coverage is a share of: all modules, also one that no other test loads."""

import pkgutil
import sys
from importlib import import_module

import taskforce


def test_each_module_is_loaded_and_so_is_in_the_count() -> None:
    names = [found.name for found in pkgutil.walk_packages(taskforce.__path__, "taskforce.")]
    modules = [name for name in names if not name.endswith(".__main__")]

    for name in modules:
        import_module(name)

    assert len(modules) > 500
    assert set(modules) <= set(sys.modules)
