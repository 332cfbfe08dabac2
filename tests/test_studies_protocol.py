"""The settings of a study, from a file and as typed, and what is refused before anything is computed."""


import pytest
from small_studies import (
    MODELS,
    make_clips,
)

from vae_demo.cli import build_parser
from vae_demo.cli.study import protocol_of
from vae_demo.refusal import Refusal
from vae_demo.studies.plan import planned
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.record import named


@pytest.fixture(scope="module")
def clips(made_once):
    return made_once(make_clips)


def test_what_no_clip_could_meet_is_refused_before_any_is_read(clips):
    with pytest.raises(Refusal) as caught:
        planned(Protocol(clips=(str(clips),), frames=10**6))
    assert caught.value.case == "clip_frames"


def test_a_variant_that_one_model_lacks_is_listed_and_one_that_all_lack_is_refused(clips, tmp_path):
    plan = planned(Protocol(clips=(str(clips),), models=("tiny-17", "wan-2.1"), variants=("17", "own")))
    assert plan.variants == {"tiny-17": ("17",), "wan-2.1": ("17", "own")}
    assert [(each.model, each.variant, each.case) for each in plan.failures] == [
        ("tiny-17", "own", "variant_not_offered")]
    with pytest.raises(Refusal) as caught:
        planned(Protocol(clips=(str(clips),), variants=("17", "tile16/8")))
    assert caught.value.case == "variant_not_offered"
    only = Protocol(models=MODELS, variants=("17", "tiny-17@5"))
    assert [len(only.variants_of(model)) for model in MODELS] == [2, 1]


@pytest.mark.parametrize("protocol", [
    Protocol(), Protocol(clips=('a "b"\\c\x7f\n.mp4', "片段/*.mp4"), frames=None, seed=3, threads=2, reference="16"),
    Protocol(weights={"tiny-17": "C:\\w", "wan-2.1": "w"}, scores=("temporal_step", "psnr"), inspect=False)])
def test_a_protocol_says_the_same_when_it_is_read_again(protocol, tmp_path):
    path = tmp_path / "protocol.toml"
    path.write_text(protocol.to_toml(), encoding="utf-8")
    assert Protocol.read(path) == protocol


def test_what_is_typed_goes_before_the_file(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text('clips = ["a"]\nframes = 34\nsize = 128\nmodels = ["tiny-mixed"]\n', encoding="utf-8")
    args = build_parser().parse_args(["study", "--protocol", str(path), "--frames", "all", "--weights", "tiny-17=w",
                                      "--variants", "17, 17→16", "--out", str(tmp_path)])
    assert protocol_of(args) == Protocol(clips=("a",), frames=None, size=128, models=("tiny-mixed",),
                                         variants=("17", "17:16"), weights={"tiny-17": "w"})


@pytest.mark.parametrize(("settings", "case"), [
    ("frames = 0", "study_least"), ("threads = 100000000", "study_most"), ("start = 99999999999", "study_most"),
    ("size = 32.5", "study_setting"), ("size = true", "study_setting"), ("size = '32'", "study_setting"),
    ("seed = nan", "study_setting"), ("start = 1979-05-27", "study_setting"), ("inspect = 1", "study_setting"),
    ("models = 'tiny-17'", "study_setting"), ("clips = [1]", "study_setting"),
    ("weights = {tiny-17 = 3}", "study_setting"),
    ("weights = {nobody = 'w'}", "study_choice"), ("crop = 'round'", "study_choice"),
    ("dtype = 'int8'", "study_choice"),
    ("models = []", "study_no_model"), ("variants = []", "no_variant"), ("scores = []", "study_scores"),
    ("variants = ['17', 'tiny-mixed@17']", "study_whose"), ("reference = '13'", "study_reference"),
    ("models = ['tiny-17', 'tiny-mixed']\nvariants = ['tiny-17@17']", "study_no_variant"),
    ("sizes = 3", "study_unknown"), ("size = 3\nsize = 4", "study_toml"), ("size =", "study_toml")])
def test_what_a_file_says_wrongly_is_refused_in_one_sentence(settings, case, tmp_path):
    (tmp_path / "p.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        Protocol.read(tmp_path / "p.toml")
    assert caught.value.case == case and str(caught.value).isprintable()


def test_what_is_passed_on_says_nothing_of_the_folders_here():
    protocol = Protocol(clips=("/home/me/a/x.mp4", "/home/me/b/x.mp4", "/home/me/*.mp4", "C.mp4", "/home/me/"),
                        weights={"tiny-17": "/home/me/w.safetensors"})
    said = named(protocol)
    assert said.clips == ("x.mp4", "*.mp4", "C.mp4", "me") and said.weights == {"tiny-17": "w.safetensors"}
    assert "/home" in protocol.to_toml() and "/home" not in said.to_toml()
