"""`models`: what can be run, from the one table of models."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from vae_demo.families import FAMILIES
from vae_demo.models.spec import MODELS

NAME = "models"
HELP = "the models that can be run, with rule, licence and source; and the families `plan` also knows"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print every field as JSON")


def run(args: argparse.Namespace) -> None:
    if args.json:
        print(json.dumps([asdict(spec) for spec in MODELS.values()], ensure_ascii=False))
        return
    for spec in MODELS.values():
        print(f"{spec.name}: {spec.title}")
        print(f"    trained: {spec.training}")
        print(f"    limits:  {spec.limits}")
        own = f"; own is {spec.cuts.own}" if spec.cuts.own else ""
        print(f"    cuts:    {', '.join(spec.cuts.examples())}{own}")
        print(f"    licence: {spec.licence}   source: {spec.source_url}")
    print("families that plan also knows (--model FAMILY, or FAMILY/SETTING):")
    for family in FAMILIES.values():
        settings = ", ".join(setting.key for setting in family.settings)
        print(f"    {family.key}: {family.name}" + (f"  [{settings}]" if len(family.settings) > 1 else ""))
