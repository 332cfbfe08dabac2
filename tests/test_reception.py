"""Where visitors and their runs meet: a full disk is a sentence, an address counts only where a proxy says it."""

import asyncio
import errno
from types import SimpleNamespace

import pytest
from served import reception_in

from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.views.serving import fetches, offered
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.keys import new_key


@pytest.fixture
def open_with(tmp_path, monkeypatch):
    return lambda **bounds: reception_in(tmp_path, monkeypatch, Bounds(**bounds))


def request(address="10.0.0.1", **headers):
    return SimpleNamespace(session_hash="s", headers=headers, client=SimpleNamespace(host=address))


def run(reception, steps, asked=None):
    async def watched():
        job = reception.enter(new_key(), "explore", asked or request(), steps, lambda value: value == "result")
        with reception.listeners.listening("s"):
            return [value async for value in reception.watch(job, asked or request())]

    return asyncio.run(watched())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_during_a_run_is_a_sentence(open_with, number):
    def steps():
        yield 1
        raise OSError(number, "No space left on device")

    with pytest.raises(Refusal) as error:
        run(open_with(), steps)
    assert error.value.case == "no_room"


def test_another_failure_of_the_system_stays_what_it_is(open_with):
    def steps():
        yield 1
        raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.raises(PermissionError):
        run(open_with(), steps)


@pytest.mark.parametrize("trusted, headers, same", [
    (False, ({"x-forwarded-for": "1.1.1.1"}, {"x-forwarded-for": "1.1.1.1"}), False),
    (True, ({"x-forwarded-for": "1.1.1.1"}, {"x-forwarded-for": "1.1.1.1"}), True),
    (True, ({"x-forwarded-for": "1.1.1.1"}, {"x-forwarded-for": "2.2.2.2"}), False),
    # What a visitor writes stands in front of what the proxy saw.
    (True, ({"x-forwarded-for": "9.9.9.9, 1.1.1.1"}, {"x-forwarded-for": "8.8.8.8, 1.1.1.1"}), True),
    (True, ({}, {}), True)])
def test_addresses_count_only_where_a_proxy_says_them(open_with, trusted, headers, same):
    reception = open_with(trust_forwarded=trusted, waiting_per_address=1)
    blocked = asyncio.Event()

    def steps():
        while not blocked.is_set():
            yield 1

    first, second = (request(**each) for each in headers)
    reception.enter(new_key(), "explore", first, steps, lambda value: False)
    try:
        if same:
            with pytest.raises(Refusal) as error:
                reception.enter(new_key(), "explore", second, steps, lambda value: False)
            assert error.value.case == "waiting_address"
        else:
            reception.enter(new_key(), "explore", second, steps, lambda value: False)
    finally:
        blocked.set()


def test_weights_are_fetched_once_beside_the_line_and_a_failure_is_told(open_with, monkeypatch):
    reception, asked = open_with(), []
    hub = next(name for name, spec in MODELS.items() if not spec.bundled)

    def fetch(model, accepted):
        assert accepted, "by whoever runs the server"
        asked.append(model)
        raise Refusal("no_download", model=model, repo="x")

    monkeypatch.setattr(offered, "weights_ready", lambda model: MODELS[model].bundled)
    monkeypatch.setattr(fetches, "fetch_weights", fetch)

    async def wait(model):
        return [value async for value in reception.weights(new_key(), model, request())]

    for model in ("tiny-17", "nothing", None, ["x"]):
        assert asyncio.run(wait(model)) == []
    with pytest.raises(Refusal):
        asyncio.run(wait(hub))
    assert asked == [hub]
    # While it is fetched, others run.
    assert run(reception, lambda: iter_of("result")) == ["result"]


def iter_of(value):
    yield value
