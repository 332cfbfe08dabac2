"""`plan`: whole numbers only, no model, instant. For a model its slots, for any other family its counts."""

from __future__ import annotations

import argparse
import json

from vae_demo.cli.arguments import cut
from vae_demo.cli.family_plan import told
from vae_demo.families import FAMILIES, Setting, answer, find, to_json
from vae_demo.layout.plan import Plan
from vae_demo.layout.text import ranges
from vae_demo.models.spec import DEFAULT_MODEL, MODELS
from vae_demo.refusal import Refusal, shown

NAME = "plan"
HELP = "what comes back for a frame count: latents, pads shown, frames lost"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--frames", type=int, required=True, metavar="T", help="frames in the clip")
    parser.add_argument("--encode", type=cut, metavar="N",
                        help="encode size, or whole (default: the model's own)")
    parser.add_argument("--decode", type=cut, metavar="N",
                        help="decode size, or whole (default: the model's own)")
    parser.add_argument("--fit", action="store_true",
                        help="decode only as many latents as a pipeline set to the decode size would ask for")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="NAME",
                        help=f"whose frame rule: a model (default {DEFAULT_MODEL}), or a family like wan-2.1 or "
                             "cosmos/time-4, see `models`")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")


def run(args: argparse.Namespace) -> None:
    spec = MODELS.get(args.model)
    if spec is None or (spec.cuts_time and not (args.fit or args.encode or args.decode)):
        _run_family(args, _setting(args.model))
        return
    found = spec.plan_sides(args.frames, args.encode, args.decode, args.fit)
    print(json.dumps(found.to_json()) if args.json else "\n".join(describe(found)))


def _run_family(args: argparse.Namespace, setting: Setting) -> None:
    if args.fit or args.encode or args.decode:
        raise Refusal("model_options", names=", ".join(MODELS),
                      settings=", ".join(one.name for one in FAMILIES[setting.family].settings))
    found = answer(args.frames, setting)
    print(json.dumps(to_json(found, setting)) if args.json else "\n".join(told(found, setting)))


def _setting(name: str) -> Setting:
    setting = find(name)
    if setting is None:
        raise Refusal("no_family", name=shown(name))
    return setting


def describe(plan: Plan) -> list[str]:
    """The plan in a few lines of plain words."""
    rule = plan.rule
    chunks = " + ".join(str(chunk.stop - chunk.start) for chunk in plan.encode_chunks)
    groups = [
        "[" + " ".join("P" if slot is None else str(slot) for slot in latent) + "]" for latent in plan.latent_slots[:6]
    ]
    lines = [
        f"{plan.frames_in} frames in {len(plan.encode_chunks)} chunk(s): {chunks}",
        f"{plan.encoded_latents} latents of {rule.stride} slots: {' '.join(groups)}"
        + (" …" if len(plan.latent_slots) > 6 else ""),
    ]
    if plan.latents != plan.encoded_latents:
        lines.append(f"{plan.latents} of them are decoded (fit)")
    lost = f": {', '.join(ranges(plan.lost_frames))}" if plan.lost_frames else ""
    lines.append(
        f"{plan.frames_out} frames out, {plan.pads_shown} of them pad slots, "
        f"{len(plan.lost_frames)} source frames lost{lost}")
    return lines
