"""Whatever a run can come to is read again as it was written: every model, every cut it takes, every count."""

import json
from types import SimpleNamespace

from fabricated import made_by, series
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_foreign import read
from test_foreign_sweep import judged as judged_sweep
from test_foreign_sweep import read as read_sweep

from vae_demo.layout.chunks import slots_written
from vae_demo.layout.plan import Plan
from vae_demo.layout.returned import returned
from vae_demo.layout.variant import Variant
from vae_demo.metrics import judged as judged_seam
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.results.comparison import Comparison, Reconstruction
from vae_demo.sweeping import taken
from vae_demo.verdicts import judged, swept

SIDES = "own whole 1 4 9 16 17 18 40 tile16/8 tile16/12 tile24/16 batch8 batch16".split()
# By how much a network counts otherwise, by what it is given: most do not.
OFF = st.lists(st.sampled_from([0, 0, 0, -1, 1, 2, 5]), min_size=1, max_size=5)
FEW = settings(max_examples=40, deadline=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def settled(spec, frames, variant, more_latents, more_frames):
    """The plan that a model comes to (ClipVAE.plan, encode, decode), which tells of each count once; where nothing is
    otherwise, that of the table."""
    latents, played = {}, {}
    for _ in range(50):
        plan = returned(spec.plan(frames, variant), latents, played)
        wrong = False
        for chunk in plan.given_to_encoder:
            given, planned = chunk[-1].stop - chunk[0].start, chunk[-1].latent_stop - chunk[0].latent_start
            came = max(spec.rule.latents(given) + more_latents[given % len(more_latents)], 1)
            if came != planned:
                latents[given], wrong = came, True
        for chunk in () if wrong else plan.given_to_decoder:
            given, planned = chunk[-1].latent_stop - chunk[0].latent_start, chunk[-1].stop - chunk[0].start
            as_ruled = given * spec.rule.stride - spec.rule.crop(frames, given)
            came = max(as_ruled + more_frames[given % len(more_frames)], 1) if any(more_frames) else planned
            assert chunk[-1].latent_stop <= plan.encoded_latents and given > 0
            if came != planned:
                played[given], wrong = came, True
        if not wrong:
            return plan
    raise AssertionError("it never ends")


@st.composite
def runs(draw):
    """A model, a clip's frames, variants it takes, and how its network counts."""
    spec = MODELS[draw(st.sampled_from(sorted(MODELS)))]
    frames = draw(st.integers(1, 70) | st.sampled_from([17, 33, 49, 65]))
    sides = st.sampled_from(SIDES)
    texts = draw(st.lists(st.builds("{}:{}{}".format, sides, sides, st.sampled_from(["", ":fit"])), min_size=3,
                          max_size=8))
    variants = []
    for text in (spec.own.spelling, *texts):
        try:
            spec.plan(frames, variant := Variant.read(text))
        except Refusal:
            continue
        variants.append(variant)
    # Those that split a clip themselves count as they say: only of a class of somebody else anything may come back.
    steady = not spec.cuts_time
    return spec, frames, tuple(dict.fromkeys(variants)), [0] if steady else draw(OFF), [0] if steady else draw(OFF)


def measured(plan, variant, model):
    psnr = [32.0 - i % 3 if i < plan.frames_in else None for i in range(plan.frames_out)]
    played = series(psnr)
    aligned = series([None if at is None else psnr[at] for at in plan.playback_of()])
    seam, reason = judged_seam(plan, played["temporal_step"])
    return Reconstruction(variant, plan, played, aligned, seam, reason, (0,) * len(plan.decode_chunks),
                          {"decode": 0.5}, made_by(model))


def clip_of(frames):
    return {"name": "c.mp4", "width": 64, "height": 64, "fps": 24.0, "n_frames": frames, "start": 0, "source": {},
            "notes": []}


@given(runs())
@FEW
def test_every_comparison_is_read_again(tmp_path, run):
    spec, frames, variants, latents, played = run
    if not variants:
        return
    made = [measured(settled(spec, frames, each, latents, played), each, spec.name) for each in variants]
    whole = judged(Comparison(clip_of(frames), "float32", "cpu", made[0].label, tuple(made), {}))
    data = json.loads(json.dumps(whole.to_json()))
    assert [Plan.from_json(each) for each in data["variants"]] == [each.plan for each in made]
    found, _ = read(data, tmp_path)
    assert judged(found).to_json()["variants"] == data["variants"]


@given(runs())
@FEW
def test_every_sweep_is_read_again(tmp_path, run):
    spec, frames, _, latents, played = run
    try:
        sizes = taken(spec, frames, (4, 5, 8, 16, 17, 18, 33, None))
    except Refusal:
        return
    made = [measured(settled(spec, frames, each, latents, played), each, spec.name) for each in sizes.variants]
    whole = Comparison(clip_of(frames), "float32", "cpu", made[0].label, tuple(made), {})
    data = swept(whole, spec.own.label, spec.trained_lengths).to_json()
    assert any("came" in row for row in data["rows"]) == any(each.plan.came is not None for each in made)
    assert judged_sweep(read_sweep(data, tmp_path)).to_json()["rows"] == data["rows"]


@given(runs())
@FEW
def test_where_all_is_as_planned_nothing_is_said_to_have_come(run):
    spec, frames, variants, _, _ = run
    for variant in variants:
        plan = settled(spec, frames, variant, [0], [0])
        assert plan.came is plan.planned is None
        written = slots_written(plan.encode_chunks, spec.rule.stride)
        assert len(written) == plan.encoded_latents and tuple(written[:plan.latents]) == plan.latent_slots


def test_fewer_latents_than_a_fit_reads_are_read_as_far_as_they_go():
    spec = MODELS["wan-2.1"]
    plan = settled(spec, 33, Variant.read("17:16:fit"), [-3], [0])
    promised = spec.plan(33, Variant.read("17:16:fit"))
    assert plan.encoded_latents == plan.latents == 3 < promised.latents
    assert plan.planned == (promised.latents, promised.frames_out) and plan.came.latents == ((16, 1), (17, 2))


def test_latents_that_nobody_reads_change_what_is_encoded_and_no_frame():
    spec = MODELS["wan-2.1"]
    plan, promised = settled(spec, 33, Variant.read("17:16:fit"), [1], [0]), spec.plan(33, Variant.read("17:16:fit"))
    assert promised.encoded_latents + 2 == plan.encoded_latents and plan.latents == promised.latents
    assert SimpleNamespace(**vars(plan.encode_chunks[1])).latent_start == 6
