"""The Inspect tab for tests in a browser: its samples, Explore's saved result beside them, films to bring."""

from films import film, ghosts, written

from vae_demo import assets as places
from vae_demo.synthetic.flickering import FLICKERS, inspection_name


def make_assets(root, numbered):
    """Clips and the saved result of `numbered` (see explore_app), and the samples that come with the app."""
    (root / "examples").mkdir()
    (root / "clips").symlink_to(numbered / "clips")
    (root / "examples" / "harbour").symlink_to(numbered / "examples" / "harbour")
    for name in map(inspection_name, FLICKERS):
        (root / "examples" / name).symlink_to(places.EXAMPLES / name)
    return root


def make_films(folder):
    """plain.mp4, of which ghosts.mp4 has a ghost every 16 frames; short.mp4 and text.mp4, which is none."""
    plain = film(96)
    written(folder / "plain.mp4", plain, crf=12)
    written(folder / "ghosts.mp4", ghosts(plain, 16))
    written(folder / "short.mp4", plain[:10])
    (folder / "text.mp4").write_text("no film")
    return folder
