"""`taskforce` and `python -m taskforce`: the command line's way in."""

import sys


def main() -> None:
    """Run the command line; what only asks for the version is answered before anything is loaded."""
    if sys.argv[1:] in (["--version"], ["version"]):
        from taskforce import __version__

        sys.stdout.write(f"taskforce {__version__}\n")
        return
    from taskforce.cli import garbage

    garbage.pause()
    from taskforce.cli.app import run

    run()


if __name__ == "__main__":
    main()
