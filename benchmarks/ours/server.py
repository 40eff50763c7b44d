"""Our API as `taskforce serve` runs it, with the measured program and tool beside the shipped ones."""

from pathlib import Path

from dependency_injector import providers

from benchmarks.child import told
from benchmarks.ours.lookup import LookupOnly, write_profile
from benchmarks.ours.programs import Teller
from benchmarks.ours.stage import opened
from taskforce.api.server import serve


def main() -> None:
    """Serve until SIGTERM."""
    asked = told()
    home = Path(asked["folder"])
    write_profile(home)
    with opened(home, Teller(), workers=asked["workers"], model=asked.get("model")) as container:
        container.tools.override(providers.Object(LookupOnly()))
        serve(container, port=asked["port"])


if __name__ == "__main__":
    main()
