"""Where a model's own weights are: beside the app, brought there by hand or not, or on the Hugging Face hub and then in
its local cache.

Only fetch_weights asks the network; huggingface_hub is imported where it is used, because it takes a while.
"""

from __future__ import annotations

from pathlib import Path

from vae_demo import assets
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.refusal import Refusal

# How long the hub may take to say what it has, in seconds; it is asked so often before we give up.
ANSWER_S = 10.0
TRIES = 2


def local_weights(spec: ModelSpec) -> Path | None:
    """The file on this machine, None where it must be fetched first. Never asks the network."""
    if not spec.on_hub:
        path = assets.WEIGHTS / spec.weights
        return path if spec.bundled or path.is_file() else None
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(*_address(spec))
    return Path(found) if isinstance(found, str) else None


def weights_ready(model: str) -> bool:
    """Whether load_vae(model) needs no network. Raises KeyError for a name that is not in MODELS."""
    found = local_weights(MODELS[model])
    return found is not None and found.is_file()


def fetch_weights(model: str) -> Path:
    """The weights of `model` on this machine, fetched from the hub where they are not there yet.

    Raises KeyError for a name that is not in MODELS, Refusal where the hub cannot be reached: after ANSWER_S
    seconds without an answer, TRIES times; or where nothing is known to fetch. A download under way may take as long as
    it keeps coming.
    """
    spec = MODELS[model]
    if (found := local_weights(spec)) is not None:
        return found
    if not spec.on_hub:
        raise _by_hand(spec)
    from huggingface_hub import hf_hub_download

    repo, file = _address(spec)
    try:
        # Asked for a file it does not have yet, the client alone would wait a minute, six times over.
        _ask(repo, file)
        return Path(hf_hub_download(repo, file, etag_timeout=ANSWER_S))
    except Exception as error:  # whatever the hub client raises, the visitor can do the same two things
        raise Refusal("no_download", model=spec.name, repo=repo) from error


def _ask(repo: str, file: str) -> None:
    """Whether the hub answers at all."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    for left in reversed(range(TRIES)):
        try:
            get_hf_file_metadata(hf_hub_url(repo, file), timeout=ANSWER_S)
            return
        except Exception:
            if not left:
                raise


def require_weights(model: str) -> Path:
    """The weights of `model` on this machine. Raises Refusal "not_fetched" where they would have to be fetched."""
    spec = MODELS[model]
    found = local_weights(spec)
    if found is None:
        raise Refusal("not_fetched", model=spec.name, repo=_address(spec)[0]) if spec.on_hub else _by_hand(spec)
    return found


def _by_hand(spec: ModelSpec) -> Refusal:
    return Refusal("weights_by_hand", model=spec.name, file=spec.weights, url=spec.source_url)


def _address(spec: ModelSpec) -> tuple[str, str]:
    """Repository and file on the hub."""
    repo, _, file = spec.weights.partition(":")
    return repo, file
