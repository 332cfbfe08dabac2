"""What the project takes, measured in processes that begin as the app and the command line do."""

from vae_demo.startup import prepare

prepare()
