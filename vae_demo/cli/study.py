"""`study`: many clips, models and cuts in one table; what is done stays done, whatever ends it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_demo.cli.arguments import frames_or_all
from vae_demo.cli.compare import check_out
from vae_demo.layout.text import listed
from vae_demo.models.spec import DEVICES, DTYPES, MODELS
from vae_demo.refusal import Refusal
from vae_demo.studies.protocol import CROPS, PROTOCOL_TOML, Protocol

if TYPE_CHECKING:
    from vae_demo.studies.estimate import Estimate
    from vae_demo.studies.plan import Planned
    from vae_demo.studies.rows import Failure, Study
    from vae_demo.studies.study import StudyRun

NAME = "study"
HELP = "many clips, models and cuts in one table; goes on where it was stopped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    standard, unsaid = Protocol(), argparse.SUPPRESS
    parser.add_argument("clips", nargs="*", metavar="CLIPS",
                        help="files, folders, patterns in quotes, or a CSV with the columns clip and start")
    parser.add_argument("--protocol", type=Path, metavar="FILE",
                        help=f"a TOML file with settings, such as the {PROTOCOL_TOML} of another study; what else is "
                             "said here goes before it")
    parser.add_argument("--models", type=_names, default=unsaid, metavar="LIST",
                        help=f"of {', '.join(MODELS)} (default {standard.models[0]})")
    parser.add_argument("--variants", type=_names, default=unsaid, metavar="LIST",
                        help="as in `compare`; model@variant is for that model alone "
                             f"(default {','.join(standard.variants)})")
    parser.add_argument("--reference", default=unsaid, metavar="VARIANT",
                        help="what others are compared with (default: the model's own cut, or the first variant)")
    parser.add_argument("--weights", type=_weights, action="append", default=unsaid, metavar="MODEL=PATH",
                        help="a file or folder instead of the model's own")
    parser.add_argument("--start", type=int, default=unsaid, metavar="FRAME", help="first frame of every clip")
    parser.add_argument("--frames", type=frames_or_all, default=unsaid, metavar="T",
                        help=f"of every clip, or all (default {standard.frames}); a shorter clip is used whole")
    parser.add_argument("--size", type=int, default=unsaid, metavar="PX", help=f"short side (default {standard.size})")
    parser.add_argument("--crop", choices=CROPS, default=unsaid)
    parser.add_argument("--scores", type=_names, default=unsaid, metavar="LIST",
                        help=f"default {','.join(standard.scores)}")
    parser.add_argument("--seed", type=int, default=unsaid, metavar="N", help="sample posteriors, not their means")
    parser.add_argument("--no-inspect", dest="inspect", action="store_false", default=unsaid,
                        help="leave out what `inspect` finds in the decoded frames alone")
    parser.add_argument("--device", choices=DEVICES, default=unsaid)
    parser.add_argument("--dtype", choices=DTYPES, default=unsaid)
    parser.add_argument("--threads", type=int, default=unsaid, metavar="N",
                        help="processor threads of one worker (default: all cores; with --ray 1)")
    parser.add_argument("--ray", metavar="auto|ADDRESS",
                        help="let workers of a Ray cluster compute: HOST:PORT of its head, or auto for the one that "
                             "runs here, else one of this machine alone")
    parser.add_argument("--dry-run", action="store_true", help="say what there is to do and how long it takes")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR",
                        help="folder for the tables; rows that are there and still hold are kept")


def _names(text: str) -> tuple[str, ...]:
    return tuple(listed(text))


def _weights(text: str) -> tuple[str, str]:
    model, equals, path = text.partition("=")
    if not equals or not path:
        raise argparse.ArgumentTypeError(f"'{text}' is not MODEL=PATH")
    return model, path


def protocol_of(args: argparse.Namespace) -> Protocol:
    """The file's settings, and before them what was typed. Raises Refusal."""
    said: dict[str, Any] = {name: value for name, value in vars(args).items()
                            if name in Protocol.__dataclass_fields__ and (name != "clips" or value)}
    if "weights" in said:
        said["weights"] = dict(said["weights"])
    if "clips" in said:
        said["clips"] = tuple(said["clips"])
    return replace(Protocol.read(args.protocol) if args.protocol else Protocol(), **said)


def run(args: argparse.Namespace) -> int:
    protocol = protocol_of(args)
    check_out(args.out)
    from vae_demo.cli.lock import only_run
    from vae_demo.report.study import save_study
    from vae_demo.studies.kept import Kept
    from vae_demo.studies.plan import planned
    from vae_demo.studies.record import STUDY_JSON
    from vae_demo.studies.study import StudyRun

    with only_run(args.out):
        plan, kept = planned(protocol), Kept(args.out)
        if args.dry_run:
            from vae_demo.studies.estimate import estimated

            print("\n".join(estimate_lines(estimated(plan, kept))))
            return 0
        study_run = StudyRun(plan, kept)
        _say_protocol(args.out, protocol.to_toml())
        ended = False
        try:
            _watch(study_run, _engine(args, plan))
            ended = True
        finally:
            study = study_run.study()
            # What broke off before all models were there does not know all the rows that are kept: their table stays.
            if ended or study_run.knows_all or not (args.out / STUDY_JSON).is_file():
                save_study(study, args.out)
            print("\n".join(summary(study, study_run.scored)), flush=True)
        if not study.variants:
            raise Refusal("study_nothing")
    print(f"written to {args.out}")
    return 0


def _engine(args: argparse.Namespace, plan: Planned) -> Callable[..., Iterator[Any]]:
    if args.ray is None:
        from vae_demo.studies.loop import in_turn

        return partial(in_turn, plan.protocol, plan.settings)
    from vae_demo.studies.cluster import on_ray

    return partial(on_ray, args.ray, plan.protocol, plan.settings)


def _watch(study_run: StudyRun, engine: Callable[..., Iterator[Any]]) -> None:
    from vae_demo.cli.study_bar import StudyBar

    with StudyBar() as bar:
        for step in study_run.steps(engine):
            bar.on(step)


def estimate_lines(found: Estimate) -> list[str]:
    from vae_demo.progress import span

    lines = [f"{found.clips} clips, {found.tasks} tasks of one clip, model and variant; {found.left} are not done yet",
             f"{found.frames} frames to decode"]
    if found.seconds is not None:
        time = span(found.seconds, found.seconds)
        lines.append(f"about {time.high:g} {time.unit} for one worker like this machine, by a trial of noise")
    return [*lines, *map(failure_line, found.failures)]


def failure_line(failure: Failure) -> str:
    where = ", ".join(each for each in (failure.clip, failure.model, failure.variant) if each)
    return f"not done: {where}: {failure.sentence()}"


def summary(study: Study, scored: int) -> list[str]:
    """What there is, what is not, and why."""
    lines = [f"{len(study.variants)} rows of {len(study.clips)} clips; {scored} computed now, the rest were kept"]
    if len(study.kinds) > 1:
        lines += ["rows of several kinds, which are never compared with each other:", *study.kinds]
    if study.missing:
        lines.append(f"{study.missing} tasks are still to do; the same command goes on with them")
    return [*lines, *map(failure_line, study.failures)]


def _say_protocol(out: Path, text: str) -> None:
    """Write it down; a table of other settings, which would stand beside it until this one is done, goes."""
    from vae_demo.studies.record import STUDY_JSON

    path = out / PROTOCOL_TOML
    try:
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            (out / STUDY_JSON).unlink(missing_ok=True)
            path.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "unknown reason"
        raise Refusal("write_failed", name=str(path), reason=reason) from error
