"""A Ray cluster to compute on: one that runs, or this machine alone. Ray is optional: requirements-ray.txt."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vae_demo.refusal import Refusal, shown

AUTO = "auto"
LOOPBACK = "127.0.0.1"
# Nothing is told to anybody, and no warning of things that we do not use.
_ENVIRONMENT = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """The module `ray`, connected to the cluster at `address`; left when the block is.

    "auto" is the cluster that runs on this machine, else one of its cores alone, which listens on loopback. Raises
    Refusal.
    """
    os.environ.update({name: value for name, value in _ENVIRONMENT.items() if name not in os.environ})
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise Refusal("study_no_ray") from error
    options = {"logging_level": logging.ERROR, "log_to_driver": False}
    ours = signal.getsignal(signal.SIGTERM)
    try:
        try:
            ray.init(address, **options)
        except ConnectionError:
            if address != AUTO:
                raise
            ray.init("local", include_dashboard=False, _node_ip_address=LOOPBACK, **options)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, ours)  # Ray's own prints a stack and leaves our files behind
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise Refusal("study_no_cluster", address=shown(address, 60), reason=shown(
            " ".join(str(error).split()), 160)) from error
    try:
        yield ray
    finally:
        ray.shutdown()
