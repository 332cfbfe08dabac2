"""A Ray cluster to compute on: one that runs, or this machine alone. Ray is optional: requirements-ray.txt."""

from __future__ import annotations

import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vae_demo.refusal import Refusal, shown

AUTO = "auto"
LOOPBACK = "127.0.0.1"
# Nothing is told to anybody.
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
# Ray takes 127.0.0.1 for the address that other machines reach this one by, and then listens to all of them, unless it
# is told that there is no such thing as a cluster. Read once, when Ray is imported.
_LOCAL = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
CONNECT_S = 10.0


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """The module `ray`, connected to the cluster at `address`; left when the block is.

    "auto" is the cluster that runs on this machine; where there is none, one of this machine alone is made, which
    listens on loopback and ends with the block. Raises Refusal.
    """
    place = _running() if address == AUTO else address
    if place is not None:
        _reach(place)
    for name, value in {**_QUIET, **(_LOCAL if _is_local(place) else {})}.items():
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise Refusal("study_no_ray") from error
    options = {"logging_level": logging.ERROR, "log_to_driver": False}
    if place is None:
        options |= {"include_dashboard": False, "_node_ip_address": LOOPBACK}
    ours = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(place or "local", **options)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, ours)  # Ray's own prints a stack and leaves our files behind
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise Refusal("study_no_cluster", address=shown(address, 60), reason=shown(
            " ".join(str(error).split()), 160)) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _running() -> str | None:
    """Where the cluster of this machine says that it is; None where there is none. One that was killed says so still.
    """
    if said := os.environ.get("RAY_ADDRESS"):
        return said
    try:
        folder = Path(os.environ.get("RAY_TMPDIR", tempfile.gettempdir()))
        place = (folder / "ray" / "ray_current_cluster").read_text(encoding="utf-8").strip()
        _reach(place)
    except (OSError, Refusal):
        return None
    return place


def _is_local(place: str | None) -> bool:
    return place is None or place.rpartition(":")[0] in (LOOPBACK, "localhost")


def _reach(place: str) -> None:
    """Raise Refusal where nobody answers: Ray itself would wait for minutes."""
    host, _, port = place.rpartition(":")
    try:
        if not (host and port.isascii() and port.isdigit() and int(port) < 1 << 16):
            raise OSError(0, "it is no HOST:PORT")
        socket.create_connection((host, int(port)), CONNECT_S).close()
    except OSError as error:
        raise Refusal("study_no_cluster", address=shown(place, 60), reason=error.strerror or str(error)) from error
