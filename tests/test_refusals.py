"""Every refusal there is, each raised by the code that raises it in earnest and read in both languages."""

import argparse
import ast
import asyncio
import copy
import json
import re
import string
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
import torch
from bad_media import BAD
from fabricated import comparison, moving_clip
from fabricated_sweep import sweep
from faked_hub import FakedHub
from films import converted, film, written
from hostile_media import endless_index
from media import encode, flat
from published_layout import STEM, write_folder
from random_models import narrow, tiniest
from safetensors.torch import save_file
from small_runs import clip_of
from small_runs import compare as compared

import vae_demo
from vae_demo import words
from vae_demo.cli import build_parser, compare, lock
from vae_demo.clips import Limits, process, read_clip, reading, write_video
from vae_demo.clips.pool import Pool
from vae_demo.inspection import inspect_steps
from vae_demo.layout.cuts import Cuts
from vae_demo.layout.plan import plan
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.sizes import parse_sizes
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.live.parts import Frames
from vae_demo.models import compiled, diffusers_loading, diffusers_twin, hub, loading, taehv, weights
from vae_demo.models.compiled import check_compiler
from vae_demo.models.diffusers_room import Room
from vae_demo.models.diffusers_twin import twin_of
from vae_demo.models.diffusers_video import ClipVAE
from vae_demo.models.spec import MODELS, TINY_17
from vae_demo.models.taehv_network import TAEHV, TAEHVConfig
from vae_demo.refusal import CLIP_CASES, Refusal
from vae_demo.results import foreign, foreign_parts, foreign_sweep
from vae_demo.steps import drain
from vae_demo.store import FrameStore
from vae_demo.studies.clip_list import listed
from vae_demo.studies.kept import Kept
from vae_demo.studies.protocol import Protocol
from vae_demo.views import api
from vae_demo.views.explore import opened
from vae_demo.views.offline import lesson as offline
from vae_demo.views.serving import uploads
from vae_demo.views.serving.bounds import Bounds, check_work
from vae_demo.views.serving.calls import checked_call
from vae_demo.views.serving.door import Door
from vae_demo.views.serving.jobs import Job, Line
from vae_demo.views.serving.keys import checked_key, new_key
from vae_demo.views.serving.reception import Reception
from vae_demo.views.serving.runs import Runs
from vae_demo.views.serving.visits import Visits
from vae_demo.views.shared import brought
from vae_demo.views.shared.pictures import Pictures
from vae_demo.views.shared.running import Request, check_clip
from vae_demo.views.zerogpu import run as borrowed_run
from vae_demo.views.zerogpu.borrowed import BORROWED

INDEX, SHARD = f"{STEM}.safetensors.index.json", f"{STEM}-00002-of-00003.safetensors"
CASES = {key.removeprefix("error_") for name in ("refusals", "refusals_clips") for key in words.table(name)}
CJK = re.compile("[\u4e00-\u9fff]")


class At:
    """Where a case is raised: an empty folder, a patch that ends with the test, and what several cases begin with."""

    def __init__(self, folder, patch):
        self.folder, self.patch = folder, patch

    def brought(self, content):
        path = self.folder / "comparison.json"
        path.write_bytes(content)
        return foreign.read_foreign(path, path.name)

    def swept(self, content):
        path = self.folder / "sweep.json"
        path.write_bytes(content)
        return foreign_sweep.read_foreign_sweep(path, path.name, lambda model: None)

    def many_variants(self):
        made, _ = comparison(20, [str(size) for size in range(1, 26)])
        return self.brought(json.dumps(made.to_json()).encode())

    def inspect(self, *films):
        paths = [written(self.folder / f"{name}.mp4", frames) for name, frames in zip("ab", films, strict=False)]
        drain(inspect_steps(*paths))

    def protocol(self, text):
        path = self.folder / "p.toml"
        path.write_text(text)
        return Protocol.read(path)

    def listed(self, text):
        path = self.folder / "clips.csv"
        path.write_text(text)
        return listed([str(path)])

    def large_pictures(self):
        self.patch.setattr(brought, "MOST_BYTES", 1)
        brought.in_new_folder([self.clip], lambda n_bytes: self.folder, lambda folder: None)

    def other_plan(self):
        made, _ = comparison(20, ("17",))
        data = made.to_json()
        data["variants"][0]["latents"] += 1
        return self.brought(json.dumps(data).encode())

    def large_lesson(self):
        self.patch.setattr(offline, "MOST_BYTES", 1)
        self.patch.setattr(offline, "engine_wasm", lambda: b"")
        self.patch.setattr(offline, "weights_file", lambda model: Path(__file__))
        self.patch.setattr(offline, "worker_script", lambda: b"")
        nothing = offline.Lesson("learn_title", "", (), (), {"urls": {}})
        offline.lesson_file(nothing, "tiny-17", Frames("a", b"", 0, 64, 64))

    @property
    def clip(self):
        path = self.folder / "clip.mp4"
        write_video(path, iter(moving_clip(12, 64, 96)), 24)
        return path

    @property
    def stretched(self):
        """Legal as it is stored, too wide as it is shown."""
        return encode(self.folder / "a.mp4", flat(2, 64, 1500), options={"x264-params": "sar=3/1"})

    def read(self, limits=None, **wanted):
        return read_clip(self.clip, limits=replace(Limits(), **(limits or {})), **wanted)

    def write(self, name="a.mp4", frames=(), fps=24):
        return write_video(self.folder / name, iter(frames), fps)

    def weights(self, metadata=None, **changes):
        vae = narrow("tiny-17")
        tensors = {key: value.contiguous() for key, value in vae.state_dict().items()} | changes
        path = self.folder / "w.safetensors"
        save_file({key: value for key, value in tensors.items() if value is not None}, path, metadata)
        return loading.load_vae("tiny-17", weights=path)

    def published(self, file="config.json", shards=1, **changes):
        """A folder in diffusers' layout, one of its JSON files with other values; loaded."""
        folder = write_folder(self.folder / "vae", "ltx-video-0.9.0", shards)
        said = json.loads((folder / file).read_text()) if (folder / file).exists() else {}
        (folder / file).write_text(json.dumps(said | changes))
        return diffusers_loading.filled(MODELS["ltx-video-0.9.0"], folder)

    def without(self, name, shards=1, beside=None):
        """The same, without one of its files, or with another one beside."""
        folder = write_folder(self.folder / "vae", "ltx-video-0.9.0", shards)
        (folder / name).rename(folder / beside if beside else self.folder / "gone")
        return diffusers_loading.filled(MODELS["ltx-video-0.9.0"], folder)

    def misplaced(self):
        where = json.loads((write_folder(self.folder / "vae", "ltx-video-0.9.0", 3) / INDEX).read_text())["weight_map"]
        return self.published(INDEX, 3, weight_map={**where, next(iter(where)): list(where.values())[-1]})

    def large_group(self):
        model = taehv.Tiny(MODELS["taehv-hunyuan"], TAEHV(TAEHVConfig(encoder_width=4, decoder_widths=(4,) * 4)))
        model.check(model.plan(5, model.spec.own), 64, 64, model.latent_bytes(64, 64) - 1)

    def twice(self):
        path = self.folder / "w.safetensors"
        text = b'{"a": {"dtype": "F32"}, "a": 1}'
        path.write_bytes(len(text).to_bytes(8, "little") + text)
        weights.check_header(path)

    def pooled(self, size):
        own = Pool(size)
        self.patch.setattr(reading, "pool", lambda: own)
        try:
            self.read({"busy_seconds": 0.2})
        finally:
            own.close()

    def crashing(self):
        self.patch.setattr(process, "MODULE", "this")
        self.pooled(1)

    def hungry(self):
        read_clip(endless_index(self.folder))

    def no_numbers(self):
        vae = tiniest()
        own = vae.decode_frames
        self.patch.setattr(vae, "decode_frames", lambda x, **o: own(x, **o) * float("nan"))
        for _ in compared(clip_of(9), vae, "5", self.folder):
            pass

    def odd_sides(self):
        for _ in compared(clip_of(9, 20, 24), tiniest(), "5", self.folder):
            pass

    def too_big(self):
        self.patch.setattr("vae_demo.engine.batch_budget", lambda device: 1)
        for _ in compared(clip_of(9), tiniest(), "5", self.folder):
            pass

    def out_of_memory(self):
        def full(x, **options):
            raise torch.OutOfMemoryError("made up")

        vae = tiniest()
        self.patch.setattr(vae, "decode_frames", full)
        for _ in compared(clip_of(9), vae, "5", self.folder):
            pass

    def model_full(self):
        def full(network, *where, **how):
            raise torch.OutOfMemoryError("made up")

        self.patch.setattr(torch.nn.Module, "to", full)
        loading.load_model(TINY_17)

    def wide_frame(self):
        vae = tiniest()
        self.patch.setattr("vae_demo.engine.batch_budget", lambda device: vae.frame_bytes(512, 512) - 1)
        for _ in compared(clip_of(1, 512, 512), vae, "1", self.folder):
            pass

    def full_disk(self):
        def none_left(*arguments):
            raise OSError(28, "No space left on device")

        self.patch.setattr("os.posix_fallocate", none_left)
        FrameStore(self.folder / "a.npy", 4, 8, 8)

    def no_hub(self, name, **options):
        def none(*arguments):
            raise OSError("offline")

        self.patch.setattr(hub, "local_weights", lambda spec: None)
        self.patch.setattr(hub, "_ask", none)
        loading.load_model(name, **options)

    def on_hub(self, repo, model="wan-2.1", **options):
        """Weights from a repository of a hub that has an empty one, and one that is closed."""
        faked = FakedHub(self.patch, self.folder)
        faked.folder("an/empty")
        faked.gated.add("a/closed")
        return hub.fetch(hub.read_place(f"hub:{repo}", MODELS[model]), model)

    def unaccepted(self, *weights):
        """compare with weights whose licence nobody has accepted."""
        self.patch.setenv("XDG_CONFIG_HOME", str(self.folder))
        FakedHub(self.patch, self.folder)
        self.command("compare", str(self.clip), "--model", "hunyuanvideo", *weights, "--out", str(self.folder / "out"),
                     "--variants", "17")

    def held(self, text=None):
        with lock.only_run(self.folder):
            if text is not None:
                (self.folder / lock.NAME).write_text(text)
            with lock.only_run(self.folder):
                pass

    def command(self, *arguments):
        args: argparse.Namespace = build_parser().parse_args(arguments)
        args.run(args)

    def line(self, steps=(), **bounds):
        line = Line(Bounds(**bounds))
        job = line.enter(Job(new_key(), "explore", "1.2.3.4", lambda: (each for each in steps), lambda value: True))

        async def watched():
            async for _ in line.watch(job):
                pass

        asyncio.run(watched())

    def visits(self, **bounds):
        self.patch.setenv("GRADIO_TEMP_DIR", str(self.folder / "gradio"))
        return Visits(Bounds(**bounds), self.folder / "private", uploads.results_folder())

    def clip_gone(self):
        self.patch.setenv("GRADIO_TEMP_DIR", str(self.folder / "gradio"))
        self.patch.setattr("vae_demo.scratch.folder", lambda: self.folder)
        Reception().own_clip(new_key())

    def no_card(self, title):
        def none(errand):
            raise gr.Error("No GPU was available", title=title)
            yield

        self.patch.setattr(BORROWED, "task", none)
        list(borrowed_run.answers_to(SimpleNamespace(seconds=30)))

    def no_compiler(self):
        self.patch.delenv("CXX", raising=False)
        self.patch.setattr("shutil.which", lambda name: None)
        check_compiler("cpu")

    def no_headers(self):
        self.patch.setattr("shutil.which", lambda name: name)
        self.patch.setattr("sysconfig.get_path", lambda name, scheme: str(self.folder))
        check_compiler("cuda")

    def not_compiled(self):
        self.patch.setattr(compiled, "BACKEND", lambda graph, inputs: 1 / 0)
        compiled.Graphs(torch.neg)(torch.zeros(2, 3, 4, 4))

    def door(self, method, path, **headers):
        """What the page's server answers, as the Refusal behind it."""
        sent, raised = [], []
        door = Door(None, self.visits(), None, (Pictures(None, None),))

        async def send(message):
            sent.append(message)

        own = Door._pass

        async def heard(*arguments):
            try:
                await own(*arguments)
            except Refusal as error:
                raised.append(error)
                raise

        self.patch.setattr(Door, "_pass", heard)
        scope = {"type": "http", "method": method, "path": path,
                 "headers": [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]}
        asyncio.run(door(scope, None, send))
        assert json.loads(sent[1]["body"])["said"] == raised[0].said
        raise raised[0]


    def needed(self, name, side):
        spec = MODELS[name]
        return Room.of(spec, twin_of(name)).needed(spec.plan(9, spec.own), side, side)

    def of_diffusers(self, name, side, budget):
        spec = MODELS[name]
        ClipVAE(spec, copy.deepcopy(twin_of(name))).check(spec.plan(9, spec.own), side, side, budget)

    def another_diffusers(self, name):
        self.patch.setattr(diffusers_twin, "encoded", lambda *given: diffusers_twin.Seen(1, (9,)))
        ClipVAE(MODELS[name], copy.deepcopy(twin_of(name))).plan(9, MODELS[name].own)


def told(call, *arguments, **options):
    """The refusal behind what a call of the API raises."""
    try:
        call(*arguments, **options)
    except gr.Error as error:
        assert error.message == str(error.__cause__)
        raise error.__cause__ from None


RAISED = {
    # sizes, variants and lengths
    "frames_range": lambda at: plan(0), "size_range": lambda at: plan(5, 0),
    "fit_same": lambda at: plan(5, 17, 17, fit=True),
    "too_many_chunks": lambda at: plan(100_000, 1),
    "length_refused": lambda at: plan(6, None, None, FrameRule(4, "alone", "refuse")),
    "unreadable_variant": lambda at: parse_variants("x"), "size_zero": lambda at: parse_variants("0"),
    "step_too_long": lambda at: parse_variants("17/17"), "cuts_do_not_mix": lambda at: parse_variants("17/13:16"),
    "nothing_to_join": lambda at: parse_variants("whole:blend"),
    "variant_not_offered": lambda at: MODELS[TINY_17].plan(17, Variant.read("17:cache")),
    "cut_multiple": lambda at: Cuts(("tile",)).check(Variant.read("tile16/10"), FrameRule(), "it"),
    "no_variant": lambda at: parse_variants(" , "),
    "too_many_variants": lambda at: parse_variants("15,16,17", most=2),
    "unreadable_size": lambda at: parse_sizes("9-4"), "size_least": lambda at: parse_sizes("0"),
    "no_size": lambda at: parse_sizes(","), "too_many_sizes": lambda at: parse_sizes("4-9", most=3),
    "side_least": lambda at: at.of_diffusers("ltx-2", 32, 10**12),
    "too_big_clip": lambda at: at.of_diffusers("ltx-2", 128, at.needed("ltx-2", 64)),
    "too_big_any": lambda at: at.of_diffusers("ltx-2", 128, 1),
    "diffusers_differs": lambda at: at.another_diffusers("ltx-2"),
    # a clip, what is asked of it, and what is made of it
    "clip_frames": lambda at: at.read(n_frames=0), "clip_size": lambda at: at.read(size=8),
    "start_range": lambda at: at.read(start=-1), "start_beyond": lambda at: at.read(start=12),
    "crop_unknown": lambda at: at.read(crop="round"), "too_slow": lambda at: at.read({"max_seconds": -1}),
    "too_much": lambda at: at.read({"max_temp_bytes": 20_000}),
    "too_small_after": lambda at: at.read({"min_side": 20}, size=20, crop="none"),
    "too_long_side": lambda at: read_clip(at.stretched, size=None, crop="none"),
    "busy": lambda at: at.pooled(0), "crashed": At.crashing, "too_much_memory": At.hungry, "no_space": At.full_disk,
    "bad_rate": lambda at: at.write(fps=0), "nothing_to_write": lambda at: at.write(),
    "bad_frames": lambda at: at.write(frames=[np.zeros((8, 8))]),
    "write_failed": lambda at: at.write("no/a.mp4", moving_clip(2, 32, 32)),
    # a video to inspect
    "inspect_few": lambda at: at.inspect(film(12, side=32)),
    "inspect_unlike": lambda at: at.inspect(film(40, side=32), film(40, 1, side=32)),
    "inspect_rates": lambda at: at.inspect(converted(film(120, side=32), 24, 30), film(120, side=32)),
    # a result that somebody brings
    "result_size": lambda at: at.brought(b" " * (foreign_parts.MOST_BYTES + 1)),
    "result_json": lambda at: at.brought(b"{"),
    "result_format": lambda at: at.brought(b"{}"), "result_form": lambda at: at.brought(b'{"format": 1}'),
    "result_plan": At.other_plan, "result_files": At.large_pictures, "result_variants": At.many_variants,
    "result_is_sweep": lambda at: at.brought(b'{"format": 1, "rows": []}'),
    "result_is_comparison": lambda at: at.swept(b'{"format": 1, "variants": []}'),
    "result_model": lambda at: at.swept(json.dumps(sweep("4", 20, model="mine").to_json()).encode()),
    "result_sizes": lambda at: at.swept(json.dumps(sweep("1-129", 20).to_json()).encode()),
    "no_result": lambda at: opened.open_files([], lambda n_bytes: at.folder),
    # models and their weights
    "no_model": lambda at: loading.load_vae("nobody"), "no_cuda": lambda at: loading.load_vae("tiny-17", device="cuda"),
    "unreadable_weights": lambda at: loading.load_vae("tiny-17", weights=at.folder / "no.safetensors"),
    "bad_config": lambda at: at.weights({"temporal": '{"depth": 3}'}), "double_weights": At.twice,
    "weights_missing": lambda at: at.weights(shift=None), "weights_unexpected": lambda at: at.weights(a=torch.ones(1)),
    "weights_shape": lambda at: at.weights(scale=torch.ones(1, 3, 1, 1, 1)),
    "weights_kind": lambda at: at.weights(scale=torch.ones(1, 16, 1, 1, 1, dtype=torch.int64)),
    "not_finite_weights": lambda at: at.weights(scale=torch.full((1, 16, 1, 1, 1), float("nan"))),
    "weights_json": lambda at: at.published("config.json", scaling_factor=float("nan")),
    "config_class": lambda at: at.published(_class_name="AutoencoderKL"),
    "config_unknown": lambda at: at.published(stranger=1), "config_value": lambda at: at.published(patch_size=1000),
    "no_config": lambda at: at.without("config.json"), "no_weights": lambda at: at.without(f"{STEM}.safetensors"),
    "two_weights": lambda at: at.published(INDEX), "shard_missing": lambda at: at.without(SHARD, 3),
    "pickle_weights": lambda at: at.without(f"{STEM}.safetensors", beside=f"{STEM}.bin"),
    "shard_name": lambda at: at.published(INDEX, 3, weight_map={"a": "../a.safetensors"}),
    "shard_extra": lambda at: at.published(INDEX, 3, weight_map={"a": SHARD}), "shard_disagrees": At.misplaced,
    "not_finite": At.no_numbers, "too_big": At.too_big, "too_big_frame": At.wide_frame,
    "model_full": At.model_full, "out_of_memory": At.out_of_memory, "size_multiple": At.odd_sides,
    "no_download": lambda at: at.no_hub("open-sora-1.2"),
    "hub_place": lambda at: at.on_hub("nowhere"), "hub_gated": lambda at: at.on_hub("a/closed"),
    "hub_no_repo": lambda at: at.on_hub("no/body"), "hub_no_file": lambda at: at.on_hub("an/empty"),
    "licence": lambda at: at.unaccepted(), "licence_unknown": lambda at: at.unaccepted("--weights", "hub:an/other"),
    "not_fetched": lambda at: at.no_hub("open-sora-1.2", fetch=False),
    "weights_by_hand": lambda at: loading.load_model("taehv-hunyuan"), "too_big_group": At.large_group,
    # the command line
    "out_unusable": lambda at: compare.check_out(at.clip / "out"), "out_taken_by": At.held,
    "out_taken": lambda at: at.held("nobody"),
    "lesson_size": At.large_lesson,
    "lesson_short": lambda at: at.command("lesson", "--clip", str(at.clip), "--out", "a.html"),
    "model_options": lambda at: at.command("plan", "--frames", "51", "--model", "mochi", "--encode", "17"),
    "no_family": lambda at: at.command("plan", "--frames", "51", "--model", "nobody"),
    # the server
    "model_closed": lambda at: check_clip(Request(at.clip, "17", "wan-2.1"), 1),
    "whole_numbers": lambda at: told(api.plan, 1.5),
    "no_compiler": At.no_compiler, "no_headers": At.no_headers, "not_compiled": At.not_compiled,
    "no_dtype": lambda at: check_clip(Request(at.clip, "17", "tiny-17", dtype="float8"), 1),
    "no_setting": lambda at: told(api.plan, 51, model="nobody"),
    "bad_call": lambda at: checked_call(None, None, b"[]"),
    "too_much_work": lambda at: check_work((100, 100), 10, 64, "square", 1, Bounds(max_megapixels=0.001)),
    "queue_full": lambda at: at.line(waiting=-1), "waiting_visit": lambda at: at.line(waiting_per_visit=0),
    "waiting_address": lambda at: at.line(waiting_per_address=0), "run_time": lambda at: at.line([1, 2], run_s=-1),
    "run_not_kept": lambda at: Runs(at.visits()).value(new_key(), "explore", "x"),
    "no_visit": lambda at: checked_key("x"), "clip_gone": At.clip_gone,
    "not_uploaded": lambda at: uploads.accepted("/etc/passwd"),
    "no_room": lambda at: at.visits(min_free_bytes=10**15).make_room(0),
    "upload_size": lambda at: at.door("POST", "/gradio_api/upload", content_length="9" * 12),
    "tools_post": lambda at: at.door("GET", "/gradio_api/mcp/"),
    "not_offered": lambda at: at.door("GET", "/gradio_api/file=/etc/passwd"),
    "no_gpu": lambda at: at.no_card("ZeroGPU queue timeout"),
    "gpu_ended": lambda at: at.no_card("ZeroGPU worker error"),
    "study_least": lambda at: Protocol(start=-1),
    "study_most": lambda at: Protocol(threads=10**6),
    "study_no_model": lambda at: Protocol(models=()),
    "study_whose": lambda at: Protocol(variants=("17", "wan-2.1@17")),
    "study_no_variant": lambda at: Protocol(models=("tiny-17", "wan-2.1"), variants=("tiny-17@17",)),
    "study_scores": lambda at: Protocol(scores=("ssim",)),
    "study_reference": lambda at: Protocol(reference="15"),
    "study_choice": lambda at: Protocol(models=("wan-17",)),
    "study_no_file": lambda at: Protocol.read(at.folder / "p.toml"),
    "study_toml": lambda at: at.protocol("frames: 85"),
    "study_unknown": lambda at: at.protocol("frame = 85"),
    "study_no_clips": lambda at: listed([str(at.folder)]),
    "study_list": lambda at: at.listed("clip,start\na.mp4,-1\n"),
    "study_kept": lambda at: Kept(at.clip),
    "study_nothing": lambda at: at.command("study", str(at.folder / "gone.mp4"), "--out", str(at.folder / "out")),
    "study_setting": lambda at: at.protocol("frames = 8.5"),
}
# Said of one task of a study, which goes on, or by a cluster: tests/test_studies_failing.py, tests/test_studies_ray.py.
STUDY_ONLY = {"study_task", "study_changed", "study_lost", "study_model", "study_no_cluster", "study_no_ray",
              "study_no_worker", "study_start", "study_weights"}
# Said by the server of a stream that nobody owns, which is no error of its own: tests/door/test_refusals.py.
SAID_ONLY = {"run_gone", *STUDY_ONLY}


def check(error, case):
    assert error.case == case and str(error) == error.sentence("en") == error.said["en"]
    json.dumps(error.params)
    for lang, text in error.said.items():
        assert text.isprintable() and text.endswith((".", "。")) and 8 < len(text) < 400, text
        assert not [gap for _, gap, _, _ in string.Formatter().parse(text) if gap is not None], text
        assert bool(CJK.search(text)) is (lang == "zh"), text


@pytest.mark.parametrize("case", RAISED)
def test_it_is_raised_and_says_so_in_both_languages(case, tmp_path, monkeypatch):
    with pytest.raises(Refusal) as caught:
        RAISED[case](At(tmp_path, monkeypatch))
    check(caught.value, case)


def in_the_code():
    """Every case that the code names, and every place that leaves it to a variable."""
    named, open_ones = set(), set()
    for path in Path(vae_demo.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                first = node.args[0]
                either = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                texts = {each.value for each in either if isinstance(each, ast.Constant)}
                named |= texts
                open_ones |= set() if texts else {path.name}
    return named, open_ones


def test_every_case_is_listed_raised_and_has_words():
    assert RAISED.keys() | {case for _, case in BAD.values()} | SAID_ONLY == CASES
    assert not RAISED.keys() & SAID_ONLY
    named, open_ones = in_the_code()
    assert named <= CASES, "no words"
    in_variables = {"variant.py", "strict.py", "demuxing.py", "answers.py", "crossing.py"}
    assert open_ones == in_variables, "a case in a variable: list it here"
    hidden = CASES - named
    assert hidden == {
        "unreadable_variant", "size_zero", "step_too_long", "cuts_do_not_mix", "nothing_to_join",
        "no_head", "no_index", "weights_kind", "weights_missing", "weights_shape",
        "weights_unexpected"}, "words for what nobody raises"


def test_what_is_said_of_a_file_names_it_and_stands_apart():
    assert CLIP_CASES.keys() < CASES
    for _, case in BAD.values():
        assert case in CLIP_CASES


def test_a_case_without_words_or_with_a_gap_left_is_loud():
    for case, params in (("nothing_of_the_kind", {}), ("frames_range", {"frames": 3})):
        with pytest.raises(KeyError):
            Refusal(case, **params)


def test_nothing_of_what_somebody_typed_is_read_as_a_sentence():
    error = Refusal("missing", name="{0.__class__}{name}")
    assert "{0.__class__}{name}" in str(error)
