"""Who comes to the siege: every role in turn, each lived through once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle, islice
from random import Random

from siege_raiders import breaks_off, floods_with_many_keys, floods_with_one_key, prowls, sends_what_is_no_clip
from siege_visitors import (
    calls,
    cancels_call,
    cancels_on_page,
    loses_it_late,
    loses_the_line,
    never_listens,
    shares_and_leaves,
    shares_and_stays,
    vanishes_from_call,
    vanishes_from_page,
    visits,
)
from siege_wire import REFUSED, Fault, Refusal, Visitor

Role = Callable[[Visitor], Awaitable[str]]
ROLES: tuple[Role, ...] = (
    calls, visits, cancels_call, cancels_on_page, vanishes_from_call, vanishes_from_page, never_listens,
    loses_the_line, loses_it_late, shares_and_stays, shares_and_leaves, breaks_off, floods_with_one_key,
    floods_with_many_keys, prowls, sends_what_is_no_clip, calls, visits, loses_it_late, shares_and_stays)
SHARING = (shares_and_stays, shares_and_leaves)


def dealt(n_visitors: int, rng: Random) -> list[Role]:
    """Every role in turn, in an order of this seed."""
    roles = list(islice(cycle(ROLES), n_visitors))
    rng.shuffle(roles)
    return roles


async def lives(me: Visitor, role: Role, delay_s: float) -> None:
    """One visitor from coming to going; how it ended is in the record."""
    try:
        await asyncio.sleep(delay_s)
        outcome = await role(me)
    except Refusal as no:
        # Visitors who only want to leave may be refused before; the others ask again or have a right to an answer.
        outcome = REFUSED
        if not no.busy:
            me.record.fault(me.who, f"was refused: {no}")
    except Fault as error:
        outcome = "fault"
        me.record.fault(me.who, str(error))
    except asyncio.CancelledError:
        me.record.fault(me.who, "was not done in time")
        raise
    except Exception as error:
        outcome = "fault"
        me.record.fault(me.who, f"{type(error).__name__}: {error}")
    finally:
        await me.close()
    me.record.outcomes[outcome] += 1
