"""The siege of the app (scripts/siege.py) sees what it is there to see. The siege itself takes minutes: no test."""

import asyncio
import sys
from pathlib import Path
from random import Random

import pytest

sys.path.append(str(Path(__file__).parents[1] / "scripts"))

from siege import State, _grown  # noqa: E402
from siege_roles import ROLES, dealt, lives  # noqa: E402
from siege_wire import Clip, Fault, Place, Record, Refusal, Visitor  # noqa: E402

OWN, OTHER = "mark" + "0" * 12, "mark" + "1" * 12


def visitor(record):
    place = Place("http://127.0.0.1:9/", 0, 1, 2, 3, 4)
    return Visitor("calls", 1, place, record, Random(1), Clip(OWN, b"", (0, 0, 0)))


def test_the_mark_of_another_is_a_foreign_result():
    record = Record()
    me = visitor(record)
    me.look(f'{{"name": "{OWN}.mp4"}}')
    assert record.foreign == 0
    with pytest.raises(Fault):
        me.look(f'{{"name": "{OTHER}.mp4"}}')
    assert record.foreign == 1


@pytest.mark.parametrize("said", [
    None, "", {}, {"error": None}, {"detail": [{"loc": 1}]}, "500 Internal Server Error.", "KeyError: 'x' is gone."])
def test_an_error_without_words_is_counted(said):
    record = Record()
    with pytest.raises(Fault):
        raise visitor(record).refused(said)
    assert (record.nameless, record.refused) == (1, 0)


def test_a_sentence_is_a_refusal():
    record = Record()
    said = visitor(record).refused({"en": "16 runs are waiting already, and this server takes no more."})
    assert isinstance(said, Refusal) and said.busy and (record.nameless, record.refused) == (0, 1)


def test_a_role_that_fails_is_on_record_and_everybody_has_one():
    async def broken(me):
        raise Fault("saw something")

    record = Record()
    asyncio.run(lives(visitor(record), broken, 0))
    assert record.faults == ["calls 1: saw something"]
    assert set(dealt(len(ROLES), Random(1))) == set(ROLES) and dealt(9, Random(3)) == dealt(9, Random(3))


@pytest.mark.parametrize(("now", "n_complaints"), [(400, 0), (449, 0), (451, 2), (340, 2)])
def test_memory_that_moves_is_named(now, n_complaints):
    assert len(_grown(State(400, 400, 800, 8, 14), State(now, now, 999, 8, 14))) == n_complaints
