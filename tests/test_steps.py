"""Works side by side: what they return and in which order, and how little is left to do when one fails."""

import threading

import pytest

from vae_demo.steps import drain, side_by_side


def test_results_come_in_the_order_of_the_works_whichever_is_done_first():
    second_is_done, told = threading.Event(), []
    works = [lambda: second_is_done.wait(20) and "first", lambda: second_is_done.set() or "second", lambda: "third"]
    assert drain(side_by_side(works, 2), told.append) == ["first", "second", "third"] and told == [1, 2, 3]


def test_no_more_are_at_work_than_may_be():
    at_work, most, lock = [], [], threading.Lock()

    def work():
        with lock:
            at_work.append(None)
            most.append(len(at_work))
        threading.Event().wait(0.01)
        with lock:
            at_work.pop()

    assert drain(side_by_side([work] * 12, 2)) == [None] * 12
    assert max(most) == 2 and not at_work


@pytest.mark.parametrize("closed", [False, True])
def test_after_a_failure_or_a_close_none_begins_and_none_goes_on(closed):
    begun, ended, go = [], [], threading.Event()

    def failing():
        begun.append(0)
        if not closed:
            raise OSError("no room")

    def lasting(number):
        begun.append(number)
        go.wait(20)
        ended.append(number)

    works = [failing, *(lambda number=number: lasting(number) for number in range(1, 40))]
    steps = side_by_side(works, 2)
    threading.Timer(0.3, go.set).start()
    if closed:
        assert next(steps) == 1
        steps.close()
    else:
        with pytest.raises(OSError, match="no room"):
            next(steps)
    assert sorted(ended) == sorted(begun)[1:] and len(begun) < 5
