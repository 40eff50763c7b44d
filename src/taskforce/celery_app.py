"""`celery -A taskforce.celery_app worker`: Celery's own worker plays jobs, by the settings of `taskforce`."""

import sys

from taskforce.application.celery_worker import celery_app
from taskforce.settings import SettingsInvalid, load_settings

try:
    app = celery_app(load_settings().settings)
except SettingsInvalid as wrong:
    sys.exit(f"taskforce.celery_app: {wrong.message}")
