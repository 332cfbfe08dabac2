"""1+4k Lab: `python app.py`, and the entry point of the Hugging Face Space."""

from __future__ import annotations

import argparse
import os

# Before gradio is imported: the page makes no request to anybody but its own server.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from vae_demo.clips import start_early  # noqa: E402
from vae_demo.views.page import build_page, launch_options  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description="1+4k Lab: see what micro-batch sizes do to a video VAE.")
    parser.add_argument("--host", default=None, help="address to listen on (default 127.0.0.1; 0.0.0.0 in a Space)")
    parser.add_argument("--port", type=int, default=None, help="port (default: the first free one from 7860)")
    parser.add_argument("--open", action="store_true", help="open a browser tab")
    args = parser.parse_args()
    start_early()  # the process that reads clips, so that the first visitor does not wait for it
    build_page().launch(server_name=args.host, server_port=args.port, inbrowser=args.open, **launch_options())


if __name__ == "__main__":
    main()
