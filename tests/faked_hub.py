"""A hub of folders on this machine: what huggingface_hub answers where it is asked for files of its repositories."""

import shutil
from pathlib import Path

import httpx2 as httpx
import huggingface_hub
from huggingface_hub.errors import GatedRepoError, RemoteEntryNotFoundError, RepositoryNotFoundError

COMMIT = "0123456789" * 4


class FakedHub:
    """Repositories by name, each a folder; `gated` ones are closed. asked: (file, commit) of every download."""

    def __init__(self, patch, root):
        self.root, self.gated, self.asked, self.commit = Path(root), set(), [], COMMIT
        patch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repo, file: self.cached(repo, file))
        patch.setattr(huggingface_hub, "hf_hub_url", lambda repo, file: (repo, file))
        patch.setattr(huggingface_hub, "get_hf_file_metadata", lambda url, **options: self.held(*url))
        patch.setattr(huggingface_hub, "hf_hub_download", self.download)

    def folder(self, repo):
        """Where to put a repository's files."""
        path = self.root / "hub" / repo
        path.mkdir(parents=True, exist_ok=True)
        return path

    def held(self, repo, file):
        response = httpx.Response(404, request=httpx.Request("HEAD", "https://hub.invalid"))
        if repo in self.gated:
            raise GatedRepoError("closed", response=response)
        if not (self.root / "hub" / repo).is_dir():
            raise RepositoryNotFoundError("nobody", response=response)
        if not (self.root / "hub" / repo / file).is_file():
            raise RemoteEntryNotFoundError("nothing", response=response)
        return self.root / "hub" / repo / file

    def place(self, repo, file):
        return self.root / "cache" / repo.replace("/", "--") / "snapshots" / self.commit / file

    def cached(self, repo, file):
        path = self.place(repo, file)
        return str(path) if path.is_file() else None

    def download(self, repo, file, *, revision=None, etag_timeout):
        self.asked.append((file, revision))
        found, to = self.held(repo, file), self.place(repo, file)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, to)
        return str(to)
