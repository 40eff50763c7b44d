"""What all integration tests stand on: a home of their own, set before anything reads the settings."""

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="taskforce-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["TASKFORCE_HOME"] = _HOME
