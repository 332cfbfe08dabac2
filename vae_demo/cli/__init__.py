"""The command line. Exit 0 when it worked, 1 where a command was asked to fail on what it found; 2 and one line on
stderr when the input cannot work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from vae_demo.cli import compare, inspect, lesson, models, plan, study, sweep
from vae_demo.refusal import Refusal

COMMANDS = (compare, sweep, inspect, study, plan, models, lesson)


class _Parser(argparse.ArgumentParser):
    """argparse prints the usage text before an error; one line says more."""

    def error(self, message: str):
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m vae_demo", description="Run a causal video VAE in chunks and measure what it does.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for command in COMMANDS:
        sub = commands.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    try:
        code = args.run(args)
    except Refusal as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough.
        sys.stderr.close()
        return 0
    return code or 0
