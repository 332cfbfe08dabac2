"""`inspect`: a video that flickers, without any model: what comes back every P frames, and how surely."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from vae_demo.cli.compare import check_out
from vae_demo.results.inspection import Inspection

NAME = "inspect"
HELP = "find what a video does every P frames: seams, flicker, repeated frames; no model needed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", type=Path, help="video or animation")
    parser.add_argument("--reference", type=Path, metavar="SOURCE", help="the source that the video was decoded from")
    parser.add_argument("--start", type=int, default=0, metavar="FRAME", help="first frame to look at (default 0)")
    parser.add_argument("--frames", type=int, metavar="T", help="how many frames (default: all, up to 5,000)")
    parser.add_argument("--json", action="store_true", help="print inspection.json on stdout")
    parser.add_argument("--out", type=Path, metavar="DIR",
                        help="folder for inspection.json, inspection.csv and inspection.html")
    parser.add_argument("--fail-on-seam", action="store_true", help="exit 1 where something periodic is found")


def run(args: argparse.Namespace) -> int:
    if args.out:
        check_out(args.out)
    from vae_demo import clips
    clips.start_early()
    from vae_demo.cli.counter import Counter
    from vae_demo.inspection import inspect_steps
    from vae_demo.report.inspection import save_inspection
    from vae_demo.steps import drain

    with Counter() as counter:
        record = drain(inspect_steps(args.video, args.reference, args.start, args.frames), counter.on)
    if args.out:
        save_inspection(record, args.out)
    if args.json:
        print(json.dumps(record.to_json(), ensure_ascii=False))
    else:
        print("\n".join(summary(record)))
        if args.out:
            print(f"written to {args.out}")
    return 1 if args.fail_on_seam and record.findings else 0


def summary(record: Inspection) -> list[str]:
    """The findings in a few lines of plain words."""
    from vae_demo.words import say
    from vae_demo.words.sentences import inspection_sentence, join_labels

    lines = [inspection_sentence("en", each) for each in record.headline]
    lines += [say("en", "inspect_works_line", period=found.period,
                  names=join_labels("en", [each["name"] for each in found.works])) for found in record.findings
              if found.works]
    if record.shift:
        lines.append(say("en", f"inspect_shift_{'late' if record.shift > 0 else 'early'}", n=abs(record.shift)))
    if record.seam:
        lines.append(f"seam score {record.seam.score:.2f}x over {record.seam.boundaries} events, p {record.seam.p:.4f}")
    notes = ["note: " + say("en", f"note_{each['case']}", **each["params"]) for each in record.video["notes"]]
    return [*lines, *notes]
