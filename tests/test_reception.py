"""The reception: what goes on for a visitor because somebody listens."""

import asyncio
import time
from types import SimpleNamespace

import pytest
from served import reception_in

from vae_demo.views.bounds import Bounds
from vae_demo.views.visits import new_key

GRACE_S = 0.3


@pytest.fixture
def reception(tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        yield reception_in(tmp_path, patch, Bounds(grace_s=GRACE_S, unheard_s=60))


@pytest.mark.parametrize("listens", [True, False])
def test_a_visit_that_waits_in_the_line_goes_on_while_somebody_listens(reception, tmp_path, listens):
    """A call that waited longer than the grace found its clip deleted when its turn came."""
    key, uploaded, request = new_key(), tmp_path / "clip.mp4", SimpleNamespace(session_hash="s")
    uploaded.write_bytes(b"clip")
    reception.visits.take(key, "api", uploaded)

    def others():
        deadline = time.monotonic() + 3 * GRACE_S
        while time.monotonic() < deadline:
            time.sleep(0.02)
            reception.visits.sweep()
            yield "working"

    async def waits():
        reception.enter(new_key(), "api", None, others, lambda value: False)
        job = reception.enter(key, "api", None, lambda: (reception.visits.clip(key, tab) for tab in ["api"]), bool)
        return [value async for value in reception.watch(job, request)][-1]

    if listens:
        with reception.listeners.listening("s"):
            found = asyncio.run(waits())
    else:
        found = asyncio.run(waits())
    assert (found is not None) == listens
