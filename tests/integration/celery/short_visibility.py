"""The Celery app, with a visibility timeout that is over in a moment and looked at all the time."""

from taskforce.celery_app import app

app.conf.broker_transport_options |= {
    "visibility_timeout": 1,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
