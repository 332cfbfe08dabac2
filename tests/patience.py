"""Waiting for what happens in another thread or process."""

import time


def until(what, seconds=30):
    """Returns once what() holds; fails where it does not in that time."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)
