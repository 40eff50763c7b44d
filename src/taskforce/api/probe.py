"""Ask a server on this machine whether it lives: `python -m taskforce.api.probe`. Containers lack curl."""

import argparse
import sys
from http.client import HTTPConnection, HTTPException

HOST = "127.0.0.1"
PATIENCE = 5.0
WELL = 200


def main() -> None:
    """Ask, and exit with 0 when the answer is 200; else say on stderr what it was, and exit with 1."""
    asked = argparse.ArgumentParser(prog="python -m taskforce.api.probe", description=__doc__)
    asked.add_argument("--port", type=int, default=8000)
    asked.add_argument("--path", default="/health", help="/health, or /health/ready")
    words = asked.parse_args()
    connection = HTTPConnection(HOST, words.port, timeout=PATIENCE)
    try:
        connection.request("GET", words.path)
        answer = connection.getresponse()
        if answer.status == WELL:
            return
        sys.exit(f"{answer.status} {answer.read(1_000).decode(errors='replace')}")
    except (OSError, HTTPException) as wrong:
        sys.exit(f"{HOST}:{words.port} does not answer: {wrong}")
    finally:
        connection.close()


if __name__ == "__main__":
    main()
