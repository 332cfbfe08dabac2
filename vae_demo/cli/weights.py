"""Weights that a command asks for: a file, a folder or a place on the hub; the licence is said before any download."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vae_demo.cli.licences import accept, has_accepted
from vae_demo.models.hub import (
    PREFIX,
    Place,
    fetch,
    fetch_weights,
    local,
    place_of,
    read_place,
    require_weights,
    weights_ready,
)
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.refusal import Refusal

# What is written down where a licence is not ours to name.
UNKNOWN = "own"


def add_weights_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weights", type=_source, metavar="WHERE",
                        help="instead of the model's own: a safetensors file, a folder with config.json, or "
                             f"{PREFIX}owner/name[/folder]")
    parser.add_argument("--accept-licence", action="store_true",
                        help="accept the licence of weights that are to be fetched; remembered")


def _source(text: str) -> Path | str:
    return text if text.startswith(PREFIX) else Path(text)


def agreed(args: argparse.Namespace) -> Path | Place | None:
    """What is on this machine, or a place to fetch from, whose licence was said and, where that is asked, accepted;
    None for weights of the model that are here.

    Raises Refusal.
    """
    spec, weights = MODELS[args.model], args.weights
    if isinstance(weights, Path):
        return weights
    if weights is None:
        if not spec.on_hub or weights_ready(spec.name):
            require_weights(spec.name)
            return None
        place = place_of(spec)
        _own(spec, place, args.accept_licence)
        return place
    place = read_place(weights, spec)
    if (found := local(place)) is not None:
        return found
    _accepted(f"{PREFIX}{place.repo}", UNKNOWN, args.accept_licence,
              Refusal("licence_unknown", repo=place.repo, page=place.page))
    _say(f"{place.repo}: its licence is yours to check, at {place.page}")
    return place


def fetched(args: argparse.Namespace, found: Path | Place | None) -> Path | None:
    """Weights for load_model: what agreed() gave, on this machine. Raises Refusal."""
    if not isinstance(found, Place):
        return found
    if args.weights is None:
        fetch_weights(args.model, accepted=True)
        return None
    return fetch(found, args.model)


def _own(spec: ModelSpec, place: Place, now: bool) -> None:
    licence = spec.licence or UNKNOWN
    if not spec.is_free:
        _accepted(spec.name, licence, now, Refusal("licence", model=spec.name, licence=licence, page=place.page))
    size = f"at most {4 * spec.n_parameters / 1e9:.1f} GB " if spec.n_parameters else ""
    _say(f"{spec.name}: {size}from {place.repo}, licence {licence}, see {place.page}")


def _accepted(of: str, licence: str, now: bool, otherwise: Refusal) -> None:
    if now:
        if not accept(of, licence):
            _say("the licence is accepted for this run; that could not be written down")
    elif not has_accepted(of, licence):
        raise otherwise


def _say(text: str) -> None:
    # Standard output may be somebody's JSON.
    print(f"note: {text}", file=sys.stderr, flush=True)
