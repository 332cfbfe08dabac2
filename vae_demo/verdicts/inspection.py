"""What an inspection comes to, as data: the sentences are in words/inspect.json.

It says what repeats and how surely. That a video VAE made it, it never says: a file alone cannot tell.
"""

from __future__ import annotations

from typing import Any

from vae_demo.results.findings import Finding
from vae_demo.results.inspection import Inspection, Periodic, in_units
from vae_demo.verdicts.variants import p_text


def headline(record: Inspection) -> tuple[Finding, ...]:
    """For each thing found what it is and how sure that is; or why there is nothing to say."""
    if record.short:
        short = record.short
        return (Finding("short", {"n": record.n_frames, "a": short.period, "b": short.twice, "needed": short.needed}),)
    if record.best is None:
        return (Finding("still", {"n": record.n_frames}),)
    if record.findings:
        return tuple(said for each in record.findings for said in _found(each, record))
    if record.hints:
        each = record.hints[0]
        return (Finding(f"hint_{each.kind}", {"period": each.period, "p": p_text(each.p)}), *_detects(record))
    signal, period, p = record.best
    return (Finding("none", {"first": record.scores.first, "last": record.scores.last}),
            Finding(f"best_{signal}", {"period": period, "p": p_text(p)}), *_detects(record))


def _found(each: Periodic, record: Inspection) -> tuple[Finding, ...]:
    # As the file counts, also where only a part of it was looked at.
    where = {"period": each.period, "phase": record.video["start"] + each.phase}
    pair = record.reference is not None
    what = Finding("pair_source_too" if pair and each.period in record.source_too else
                   f"pair_{each.kind}" if pair else f"found_{each.kind}", where)
    times = Finding("times", {"hits": each.shown.hits, "events": each.shown.events, "p": p_text(each.p)})
    return what, times, size_of(each), *_blamed(each)


def size_of(each: Periodic) -> Finding:
    """How large the event is, in the units of the signal that shows it best."""
    size = in_units(each.signal, each.shown.deviation)
    way = "up" if each.shown.deviation > 0 else "down"
    shown: Any = f"{size:.1f}" if each.signal in ("step", "added") else (
        f"{abs(size) * 100:.0f}" if each.signal == "detail" else f"{abs(size):.1f}")
    return Finding(f"size_{each.signal}_{way}", {"size": shown})


def _blamed(each: Periodic) -> tuple[Finding, ...]:
    """The other cause in the file that falls on every event."""
    for cause in each.causes:
        if cause.params["coincides"] == "all":
            return (Finding(f"blamed_{cause.case}", cause.params),)
    return ()


def _detects(record: Inspection) -> tuple[Finding, ...]:
    if not record.detects:
        return ()
    sizes = {name: size for name, size in record.detects["sizes"].items() if size is not None}
    found = [{"case": f"detects_{name}", "params": {
        "size": f"{size * 100:.0f}" if name == "detail" else f"{round(size, 2):g}"}} for name, size in sizes.items()]
    return (Finding("detects", {"period": record.detects["period"], "sizes": found}),) if found else ()
