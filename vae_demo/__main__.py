"""`python -m vae_demo compare | sweep | plan | models`."""

import sys

from vae_demo.cli import main

if __name__ == "__main__":
    sys.exit(main())
