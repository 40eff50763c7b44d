"""Usual mistakes of a set-up that nothing else notices: network, files that others read, clocks."""

import socket
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from taskforce.cli.findings import Finding
from taskforce.settings import Settings

PEPPER = "pepper"
"""The file in the home by which keys are told from made up ones."""
SKEW = timedelta(minutes=2)
"""How far clocks may be apart before leases and ages go wrong."""
_NOT_TOLD = "nothing is told to GitHub or anywhere else (TASKFORCE_GITHUB_TOKEN is not set)"
_NOT_TAKEN = "no webhook of it is taken (TASKFORCE_GITHUB_WEBHOOK_SECRET is not set)"
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def network(settings: Settings, *, host: str, port: int) -> Iterator[Finding]:
    """Tell what would keep `taskforce serve` from this address, or let in whom it should not."""
    yield _address(host, port)
    if settings.is_open and not _is_loopback(host):
        detail = f"auth is none, and {host} is reached from other machines: set auth to keys or oidc"
        yield Finding(name="access", status="broken", detail=detail)
    for origin in settings.cors_origins:
        if "*" in origin:
            detail = f"cors_origins has {origin}, which lets any web page in: name each origin"
            yield Finding(name="cors", status="broken", detail=detail)


def github(settings: Settings) -> Iterator[Finding]:
    """Tell what passes between this server and GitHub, and what of it cannot."""
    url = settings.github_url
    told = f"{url} is told how runs and deployments stand" if settings.github_token else _NOT_TOLD
    taken = "its webhooks start runs" if settings.github_webhook_secret else _NOT_TAKEN
    yield Finding(name="github", status="ok", detail=f"{told}; {taken}")
    if settings.github_webhook_secret and settings.is_open:
        detail = "auth is none, so webhooks come from this machine alone: set auth to keys or oidc"
        yield Finding(name="github", status="warning", detail=detail)


def secrets(home: Path) -> Iterator[Finding]:
    """Tell which files of the home others of this machine can read or change."""
    pepper = home / PEPPER
    if pepper.exists() and pepper.stat().st_mode & (_OTHERS_READ | _OTHERS_WRITE):
        detail = f"{pepper} can be read by others: chmod 600 {pepper}, and make new keys"
        yield Finding(name="secrets", status="broken", detail=detail)
    mode = home.stat().st_mode if home.is_dir() else 0
    if mode & _OTHERS_WRITE:
        detail = f"{home} can be changed by others of this machine: chmod 700 {home}"
        yield Finding(name="secrets", status="broken", detail=detail)
    elif mode & _OTHERS_READ:
        detail = f"others of this machine can read {home}, with all that missions said: chmod 700 {home}"
        yield Finding(name="secrets", status="warning", detail=detail)


def clock(newest: datetime | None, *, now: datetime) -> Iterator[Finding]:
    """Tell whether the newest job is of a time that is yet to come."""
    if newest is not None and newest - now > SKEW:
        ahead = timedelta(seconds=round((newest - now).total_seconds()))
        detail = (
            f"the newest job was handed in {ahead} from now: this clock is behind, or that of another "
            "machine was ahead. Let NTP set them"
        )
        yield Finding(name="clock", status="broken", detail=detail)


def _address(host: str, port: int) -> Finding:
    try:
        with socket.create_server((host, port)):
            return Finding(name="port", status="ok", detail=f"{host}:{port} is free")
    except OSError as taken:
        why = str(taken.strerror).partition(" (")[0]  # the address follows, as Python writes it
        detail = f"{host}:{port} cannot be served on: {why}. Try another --port"
        return Finding(name="port", status="warning", detail=detail)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
