"""1+4k Lab: `python app.py`, and the entry point of the Hugging Face Space."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

from vae_demo import scratch, startup
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared.source import source_address
from vae_demo.views.zerogpu import start as zerogpu


def main() -> None:
    startup.prepare()
    parser = argparse.ArgumentParser(description="1+4k Lab: see what micro-batch sizes do to a video VAE.")
    parser.add_argument("--host", default=None, help="address to listen on (default 127.0.0.1; 0.0.0.0 in a Space)")
    parser.add_argument("--port", type=int, default=None, help="port (default: the first free one from 7860)")
    parser.add_argument("--open", action="store_true", help="open a browser tab")
    parser.add_argument("--compile", action="store_true",
                        help="run models as compiled graphs, for a server that stays up (also VAE_DEMO_COMPILE=1)")
    args = parser.parse_args()
    try:
        bounds = Bounds.from_environment(os.environ)
        OFFER.read(os.environ)
        source_address(os.environ)  # a wrong one is said here, not by the page
        bounds = replace(bounds, compile=bounds.compile or args.compile)
    except ValueError as error:
        parser.error(str(error))
    scratch.clean_on_terminate()
    # Before gradio is imported: the page makes no request to anybody but its own server, and everything visitors
    # leave, Gradio's part of it too, goes with this process.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    # After every event Gradio sums up the last 10,000 for a page of statistics that this app does not offer.
    os.environ.update(GRADIO_ANALYTICS_MAX_EVENTS="1", GRADIO_ANALYTICS_CACHE_FREQUENCY=str(10**12))
    os.environ["GRADIO_TEMP_DIR"] = str(scratch.folder() / "gradio")
    from vae_demo.clips import start_early

    start_early()  # the process that reads clips, so that the first visitor does not wait for it
    if zerogpu.wanted(os.environ):
        zerogpu.get_ready(zerogpu.decorator())
    from vae_demo.views.page import build_page, launch_options
    from vae_demo.views.serving.reception import Reception

    if bounds.compile:
        compiled(parser)
    reception = Reception(bounds)
    reception.sweeper.start()
    build_page(reception).launch(
        server_name=args.host, server_port=args.port, inbrowser=args.open, **launch_options(reception))


def compiled(parser: argparse.ArgumentParser) -> None:
    """Compile the first model before anybody can ask for it, or end with the sentence that says why not; on a card that
    is lent say that nothing is compiled, and go on."""
    from vae_demo.refusal import Refusal
    from vae_demo.views.shared import kept_model, trial
    from vae_demo.views.zerogpu.borrowed import BORROWED

    if BORROWED.on:
        print("Models are not compiled here: a card that is lent compiles anew in each run.", flush=True)
        return
    print("Compiling the first model; the page opens when that is done.", flush=True)
    try:
        kept_model.KEPT.compile(trial.warm_up)
    except Refusal as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
