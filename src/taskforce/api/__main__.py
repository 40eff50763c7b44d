"""Serve the API: `python -m taskforce.api`."""

from taskforce.api.server import main

if __name__ == "__main__":
    main()
