"""Which scripts of the page an entry brings with it."""

from vae_demo.bundle import needed


def scripts_of(*entries):
    """Paths in views/ of the entries and all they import, each once."""
    paths = (module.path for entry in entries for module in needed(f"views/{entry}"))
    return tuple(dict.fromkeys(path.removeprefix("views/") for path in paths if path.startswith("views/")))
