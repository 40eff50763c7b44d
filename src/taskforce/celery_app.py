"""`celery -A taskforce.celery_app worker`: Celery's own worker plays jobs, by the settings of `taskforce`.

The app is made when it is first asked for, so that to import this module reads no setting.
"""

import sys

from celery import Celery

from taskforce.application.celery_worker import celery_app
from taskforce.settings import SettingsInvalid, load_settings


def __getattr__(name: str) -> Celery:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        globals()[name] = made = celery_app(load_settings().settings)
    except SettingsInvalid as wrong:
        sys.exit(f"taskforce.celery_app: {wrong.message}")
    return made
