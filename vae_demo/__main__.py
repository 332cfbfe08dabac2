"""`python -m vae_demo compare | sweep | inspect | study | plan | models | lesson`."""

import sys

from vae_demo import scratch, startup
from vae_demo.cli import main

if __name__ == "__main__":
    startup.prepare()
    scratch.clean_on_terminate()
    scratch.sweep()
    sys.exit(main())
