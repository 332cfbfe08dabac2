"""The command line in this process, as a shell would see it."""

from vae_demo.cli import main


def told(arguments, capsys):
    """Exit code, standard output and the error lines of a call."""
    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code
    out, err = capsys.readouterr()
    # A progress bar writes over itself; what stays on screen is what follows the last carriage return.
    lines = [line.rpartition("\r")[2] for line in err.split("\n")]
    return code, out, [line for line in lines if line.strip()]
