"""Where a model's own weights are: beside the app, brought there by hand or not, or on the Hugging Face hub and then in
its local cache.

Only what is named fetch asks the network; huggingface_hub is imported where it is used, because it takes a while.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vae_demo import assets
from vae_demo.models.published import CONFIG, INDEX, WEIGHTS, read_index
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.refusal import Refusal, shown

# How long the hub may take to say what it has, in seconds; it is asked so often before we give up.
ANSWER_S = 10.0
TRIES = 2
PREFIX = "hub:"
# A name of an owner, a repository or a folder; two dots in a row lead elsewhere.
_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,95}", re.ASCII)
_MOST_FOLDERS = 8


@dataclass(frozen=True)
class Place:
    """Weights on the hub. folder: of the repository, "" for its top; file: None for the published layout."""

    repo: str
    folder: str
    file: str | None

    def path(self, name: str) -> str:
        return f"{self.folder}/{name}" if self.folder else name

    @property
    def page(self) -> str:
        """Where a person reads about it, and what its licence is."""
        return f"https://huggingface.co/{self.repo}"


def place_of(spec: ModelSpec) -> Place:
    """Where the weights of a model that is not bundled are."""
    repo, _, path = spec.weights.partition(":")
    folder, _, file = path.rpartition("/")
    return Place(repo, folder, file or None)


def read_place(text: str, spec: ModelSpec) -> Place:
    """What hub:owner/name or hub:owner/name/folder means for a model. Raises Refusal."""
    parts = text.removeprefix(PREFIX).split("/")
    if not text.startswith(PREFIX) or not 2 <= len(parts) <= _MOST_FOLDERS or not all(map(_NAME.fullmatch, parts)):
        raise Refusal("hub_place", text=shown(text, 80))
    file = place_of(spec).file if spec.on_hub else spec.weights
    return Place("/".join(parts[:2]), "/".join(parts[2:]), file)


def local_weights(spec: ModelSpec) -> Path | None:
    """The file or folder on this machine, None where it must be fetched first. Never asks the network."""
    if spec.on_hub:
        return local(place_of(spec))
    path = assets.WEIGHTS / spec.weights
    return path if spec.bundled or path.is_file() else None


def local(place: Place) -> Path | None:
    """What the hub's cache has of it, None where anything is missing."""
    if place.file is not None:
        return _cached(place, place.file)
    config = _cached(place, CONFIG)
    if config is None:
        return None
    if _cached(place, WEIGHTS) is None:
        index = _cached(place, INDEX)
        with suppress(Refusal):
            if index and all(_cached(place, name) for name in set(read_index(index).values())):
                return config.parent
        return None
    return config.parent


def _cached(place: Place, name: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(place.repo, place.path(name))
    return Path(found) if isinstance(found, str) else None


def weights_ready(model: str) -> bool:
    """Whether load_vae(model) needs no network. Raises KeyError for a name that is not in MODELS."""
    found = local_weights(MODELS[model])
    return found is not None and found.exists()


def fetch_weights(model: str, accepted: bool = False) -> Path:
    """The weights of `model` on this machine, fetched from the hub where they are not there yet.

    accepted: whether somebody who may has accepted the licence, where that is no free one. Raises KeyError for a name
    that is not in MODELS, and Refusal; see fetch().
    """
    spec = MODELS[model]
    if (found := local_weights(spec)) is not None:
        return found
    if not spec.on_hub:
        raise _by_hand(spec)
    place = place_of(spec)
    if not (spec.is_free or accepted):
        raise Refusal("licence", model=spec.name, licence=spec.licence or "-", page=place.page)
    return fetch(place, spec.name)


def fetch(place: Place, model: str) -> Path:
    """The file or folder on this machine. What came whole is kept, so that a second try goes on behind it.

    Raises Refusal where the hub cannot be reached: after ANSWER_S seconds without an answer, TRIES times; and where it
    gives nothing. A download under way may take as long as it keeps coming.
    """
    if (found := local(place)) is not None:
        return found
    try:
        # Asked for a file it does not have yet, the client alone would wait a minute, six times over.
        _ask(place.repo, place.path(place.file or CONFIG))
        return _fetched(place, place.file) if place.file is not None else _folder(place)
    except Refusal:
        raise
    except Exception as error:  # whatever the hub client raises, the visitor can do the same few things
        raise _refusal(error, place, model) from error


def _fetched(place: Place, name: str, revision: str | None = None) -> Path:
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(place.repo, place.path(name), revision=revision, etag_timeout=ANSWER_S))


def _folder(place: Place) -> Path:
    """config.json, then what is of the same commit, so that a change in between cannot mix two models."""
    from huggingface_hub.errors import RemoteEntryNotFoundError

    config = _fetched(place, CONFIG)
    commit = config.parents[len(place.folder.split("/")) if place.folder else 0].name
    try:
        _fetched(place, WEIGHTS, commit)
    except RemoteEntryNotFoundError:
        for name in sorted(set(read_index(_fetched(place, INDEX, commit)).values())):
            _fetched(place, name, commit)
    return config.parent


def _ask(repo: str, file: str) -> None:
    """Whether the hub answers at all, and lets us have the file."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    for left in reversed(range(TRIES)):
        try:
            get_hf_file_metadata(hf_hub_url(repo, file), timeout=ANSWER_S)
            return
        except Exception as error:
            if not left or _answered(error):
                raise


def _answered(error: Exception) -> bool:
    """Whether the hub was there and said no: it will not say anything else a second later."""
    from huggingface_hub.errors import RemoteEntryNotFoundError, RepositoryNotFoundError

    return isinstance(error, RepositoryNotFoundError | RemoteEntryNotFoundError)


def _refusal(error: Exception, place: Place, model: str) -> Refusal:
    from huggingface_hub.errors import GatedRepoError, RemoteEntryNotFoundError, RepositoryNotFoundError

    if isinstance(error, GatedRepoError):  # a kind of the next
        return Refusal("hub_gated", repo=place.repo, page=place.page)
    if isinstance(error, RepositoryNotFoundError):
        return Refusal("hub_no_repo", repo=place.repo)
    if isinstance(error, RemoteEntryNotFoundError):
        return Refusal("hub_no_file", repo=place.repo, file=place.path(place.file or WEIGHTS), model=model)
    return Refusal("no_download", model=model, repo=place.repo)


def require_weights(model: str) -> Path:
    """The weights of `model` on this machine. Raises Refusal "not_fetched" where they would have to be fetched."""
    spec = MODELS[model]
    found = local_weights(spec)
    if found is None:
        raise Refusal("not_fetched", model=spec.name, repo=place_of(spec).repo) if spec.on_hub else _by_hand(spec)
    return found


def _by_hand(spec: ModelSpec) -> Refusal:
    return Refusal("weights_by_hand", model=spec.name, file=spec.weights, url=spec.source_url)
