"""Keys of words that code puts together: each such pattern has its values here, every key they make exists, and every
key of the table can be asked for."""

import ast
import re
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

import vae_demo
from vae_demo import words
from vae_demo.families.answers import answer
from vae_demo.families.catalogue import FAMILIES, SETTINGS, find
from vae_demo.models.spec import MODELS
from vae_demo.results.inspection import SIGNALS
from vae_demo.results.scores import SCORES
from vae_demo.studies.protocol import CROPS
from vae_demo.studies.rows import frame_columns, variant_columns
from vae_demo.studies.table import MORE
from vae_demo.synthetic.flickering import FLICKERS
from vae_demo.synthetic.samples import SAMPLES
from vae_demo.verdicts.study import CLAUSES, KINDS
from vae_demo.views import page
from vae_demo.views.explore.desk import PRESETS
from vae_demo.views.explore.tab import WHOLE_SIZES
from vae_demo.views.inspect.pairing import Why
from vae_demo.views.learn.lessons import GLOSSARY
from vae_demo.views.learn.steps.borders import BORDERS
from vae_demo.views.learn.steps.further import TRIES
from vae_demo.views.models.tab import word_key

PACKAGE = Path(vae_demo.__file__).parent
TABLE = words.table()
ANSWERS = [answer(n, setting) for setting in (*SETTINGS.values(), find("open-sora-1.2/18")) for n in range(1, 150)]
CASES = {each.case for each in ANSWERS}
LATE = {(each.case, "_late" if each.case == "error" and each.counts.latents is not None else "") for each in ANSWERS}


def cases_of(*files):
    """What a Finding can say that these files make: the texts of its first argument, or of what that was set to."""
    found = set()
    for name in files:
        tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
        set_to = defaultdict(set)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                set_to[node.targets[0].id] |= _texts(node.value)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Finding", "Refusal", "note"):
                first = node.args[0]
                found |= set_to[first.id] if isinstance(first, ast.Name) else _texts(first)
    return found


def _texts(node):
    """Of `a if x == "b" else c` only what may come out."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def keys_of(name, first):
    return {key.removeprefix(first) for key in words.table(name)}


MODEL_KEYS = {word_key(name) for name in MODELS}
SEAM_REASONS = ("clash", "few_borders", "all_borders", "one_chunk")
SHARED_TERMS = {"vae", "pad", "border", "latent", "seam", "ghost", "slot", "chunk", "tape", "delta"}
TERMS = set(GLOSSARY) - SHARED_TERMS
EVENTS = "jump repeat flash dark lift dip ghost blur sharp worse".split()
CAUSES = ("keys", "anchors", "repeated", "loop", "cuts")
# Pattern -> the values of its gap (of its gaps, as tuples). What is a list of words here stands in the script or
# module that has the pattern; what is computed comes from where the code takes it.
VALUES = {
    "about_{}": SAMPLES, "sample_{}": SAMPLES, "tab_{}": [tab.KEY for tab in page.TABS],
    # Each of these is raised, or written down as said by the page alone, in test_refusals.py.
    "error_{}": keys_of("refusals", "error_") | keys_of("refusals_clips", "error_"),
    # A worker may tell of any of them; see NOTE_CASES in clips/answers.py.
    "note_{}": keys_of("notes", "note_"),
    "verdict_{}": cases_of("verdicts/variants.py", "verdicts/late.py", "metrics/seam.py") - {"headline", "clash"} | {
        "not_run", "running", "stopped"},
    "headline_{}": ("no_seam equal ghosts tail_ghosts seam hint slips also_slips cut_short few_borders all_borders "
                    "unscored one_chunk came_back came_back_latents came_back_parts late early").split(),
    "seam_reason_{}": SEAM_REASONS,
    "sweep_{}": ("ahead behind beyond_all beyond_none beyond_some level no_difference no_full_chunk one_kind one_size "
                 "seams stand_out trained_range some_lose all_lose some_play left_out size "
                 "latents full worst step tail seam seconds").split(),
    "sweep_row_{}": ("declared drops equal holds mean_above mean_below measured no_full spoiled tail_breaks tail_drops "
                     "tail_holds loses plays").split(),
    "sweep_head_{}": "size mean worst latents chunks tail seam".split(),
    "vae_takes_{}": {setting.takes for setting in SETTINGS.values()},
    "vae_wrong_{}": {setting.wrong for setting in SETTINGS.values()},
    "vae_mode_{}": {setting.mode for setting in SETTINGS.values() if setting.mode},
    "vae_cut_{}": {setting.cut for setting in SETTINGS.values()},
    "vae_exact_{}": {setting.exact for setting in SETTINGS.values()},
    "vae_licence_{}": {family.licence_note for family in FAMILIES.values() if family.licence_note},
    "vae_pipeline_{}": {family.pipeline for family in FAMILIES.values() if family.pipeline},
    "plan_head_{}": CASES - {"size"}, "plan_head_size{}": ("", "_low"), "plan_why_{}": ("tail", "chunk", "size"),
    "plan_cell_{}{}": LATE, "plan_go_{}{}": LATE, "plan_known_{}": {each.known for each in ANSWERS},
    "plan_by_{}": ("frames", "seconds"), "plan_fig_{}": ("latents", "chunks", "pads", "back"),
    "plan_help_{}": ("latents", "chunks", "pads", "back"),
    "plan_col_{}": "family takes latents back happens below above known source".split(),
    "models_{}_{}": set(product(("title", "training", "limits"), MODEL_KEYS)),
    "models_state_{}": ("here", "missing", "fetched", "hub", "command"),
    "models_rule_{}": ("fill", "drops", "refuses", "parity", "paired"),
    "models_col_{}": "family takes factors wrong cut licence source".split(),
    "learn_{}": ("counted", "measured", "quoted"), "learn_term_{}": TERMS,
    "learn_help_{}": TERMS | {"roundtrip", "fit", "p", "playback"},
    "mixed_a_{}": ("round", "neither", "nothing", "both", "clash"),
    "mixed_option_{}": ("round", "clash", "both", "neither"), "mixed_seam_{}": ("none", "hint", "seam"),
    "learn_mixed_how_{}": ("partly", "mostly", "fully"),
    "learn_mixed_{}": ("first", "worst", "seam", "pads", "playback"),
    "breaks_a_{}": ("first", "first_too", "last", "all", "none"), "breaks_21_{}": ("same", "less", "plain"),
    "learn_live_why_{}": "absent unsupported weights memory worker hung clip fetching differs".split(),
    "learn_live_badge_{}": ("saved", "computing", "machine"), "learn_live_says_{}": ("machine", "saved", "none"),
    "learn_sizes_{}": ("opens", "mean", "worst", "tail"), "mixed_cost_{}": ("less", "same", "more"),
    "try_{}": {key for key, *_ in TRIES},
    "breaks_option_{}": ("none", "first", "last", "all"), "clash_fit_{}": ("same", "other"),
    "borders_a_{}": ("none", "hint", "twice", "five"), "borders_option_{}": ("none", "hint", "twice", "five"),
    "family_{}": dict(BORDERS), "borders_{}": dict(BORDERS), "quiz_mean_{}": ("tail", "plain", "yes"),
    "download_{}": ("mp4", "csv", "json", "html"), "stage_{}": (
        "fetching gpu spatial_encode baseline temporal_encode temporal_decode spatial_decode encode decode "
        "saving").split(),
    "t_{}": "first border_back back next border_next last".split(), "times_{}": ("played", "realigned"),
    "time_{}": ("s", "min"),
    "compare_{}": ("side", "wipe", "blink", "loupe"), "compare_{}_help": ("side", "wipe", "blink", "loupe"),
    "runs_{}": ("rename", "throw"), "runs_{}_of": ("rename", "throw"),
    "layer_{}": ("off", "error", "delta"), "layer_{}_help": ("error", "delta"),
    "see_{}": ("out", "into"), "see_shades_{}": ("grey", "heat"), "see_zoom_{}": ("fit", "1", "2"),
    "see_zoom_{}_help": ("fit", "1", "2"), "part_{}": ("out", "into", "reset"),
    "preset_{}": PRESETS, "preset_{}_help": PRESETS, "metric_{}": SCORES, "report_chart_{}": SCORES,
    "report_{}": set(SCORES) - {"psnr"},
    "report_how_{}": ("psnr", "seam", "vae"), "size_whole_{}": WHOLE_SIZES,
    "term_{}": SHARED_TERMS, "term_{}_help": SHARED_TERMS,
    "strip_{}": ("in", "out"),
    "differ_{}": "clip model variants sizes start frames size dtype".split(),
    "found_{}": EVENTS, "pair_{}": EVENTS, "hint_{}": EVENTS, "best_{}": SIGNALS, "detects_{}": SIGNALS,
    "size_{}_{}": set(product(SIGNALS, ("up", "down"))), "inspect_signal_{}": SIGNALS,
    "blamed_{}": CAUSES, "inspect_cause_{}": CAUSES, "inspect_shift_{}": ("late", "early"),
    "inspect_works_{}": ("fits", "not", "open"), "inspect_paired_{}": get_args(Why),
    "inspect_live_{}": ("video", "source"),
    "inspect_next_{}": "move lossless source longer whole seed sizes count gop rate original".split(),
    "inspect_sample_{}": FLICKERS, "inspect_about_{}": FLICKERS, "inspect_against_{}": SIGNALS,
    "inspect_row_{}": SIGNALS, "inspect_row_{}_says": SIGNALS, "inspect_help_{}": SIGNALS,
    "inspect_view_{}": {"frames", *SIGNALS}, "inspect_size_{}_{}": set(product(SIGNALS, ("up", "down"))),
    "inspect_cause_name_{}": CAUSES, "inspect_enlarge_{}": ("off", "apart"),
    "inspect_limit_{}": ("uneven", "uneven_why", "few", "few_why", "part", "part_why", "drift", "drift_why"),
    "inspect_{}": cases_of("verdicts/inspection.py"),
    "study_note_{}": ("lost", "waiting"),
    "study_column_{}": {column.name for column in (*variant_columns(), *frame_columns())},
    "studied_{}": {"reference", "no_reference", "absent", "exact", *CLAUSES}, "studied_headline_{}": CLAUSES,
    "one_{}": KINDS, "few_{}": KINDS, "studied_count_{}": KINDS, "studied_stand_{}": (*KINDS, "none"),
    "studied_by_{}": ("interval", "few", "one"), "studied_score_{}": (*SCORES, *MORE),
    "studied_col_{}": "variant mean_short worst_short mean_gap worst_gap worse_on".split(),
    "studied_about_{}": "clips frames picture latents models variants machine statistics versions".split(),
    "studied_says_crop_{}": CROPS,
    "live_{}": ("unreachable", "not_whole", "no_unpacking"),
    "kind_{}": ("round_trip", "clash", "mixed"), "help_kind_{}": ("round_trip", "clash", "mixed"),
}
# Of lessons tell() puts the first in front, of an inspection and a study whoever says it the others.
TOLD = ("learn_", "inspect_", "studied_")
NO_WORDS = {"{}_sha256", "{}_aligned", "_{}", "every_{}_from_{}", "difference_{}"}


def patterns(source, suffix):
    """Texts with gaps that look like a key: small letters and an underscore."""
    if suffix == ".py":
        found = ("".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
                 for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr))
    else:
        found = (re.sub(r"\$\{[^}]*\}", "{}", text) for text in re.findall(r"`([^`]*)`", source))
    return {text for text in found if re.fullmatch(r"[a-z0-9_{}]*_[a-z0-9_{}]*", text) and "{}" in text} - NO_WORDS


def literals(source, suffix):
    """Words of a source that may be whole keys."""
    if suffix == ".js":
        return set(re.findall(r"\w+", source))
    return {word for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)
            and isinstance(node.value, str) for word in re.findall(r"\w+", node.value)}


def sources():
    return [(path.read_text(encoding="utf-8"), path.suffix) for path in PACKAGE.rglob("*.*")
            if path.suffix in (".py", ".js")]


def keys_made(pattern, values):
    gaps = pattern.count("{}")
    return [pattern.format(*(value if gaps > 1 else (value,))) for value in values]


def missing(values, table):
    """Keys that code can build and the table lacks."""
    return [key for pattern, each in values.items() for key in keys_made(pattern, each)
            if key not in table and not any(first + key in table for first in TOLD)]


def test_every_key_that_is_put_together_has_its_values_here():
    assert set().union(*(patterns(*source) for source in sources())) == set(VALUES)


def test_every_key_that_can_be_put_together_exists():
    assert missing(VALUES, TABLE) == []


def test_every_key_can_be_asked_for():
    asked = set().union(*(literals(*source) for source in sources()))
    asked |= {key for pattern, each in VALUES.items() for key in keys_made(pattern, each)}
    assert [key for key in TABLE if key not in asked and not any(
        key.removeprefix(first) in asked for first in TOLD)] == []


def test_listed_values_stand_in_the_code():
    written = set().union(*(literals(*source) for source in sources()))
    listed = {value for each in VALUES.values() if isinstance(each, list | tuple) for value in each
              if isinstance(value, str)}
    assert listed - written == {""}


@pytest.mark.parametrize(("source", "suffix", "found"), [
    ('say(lang, f"tab_{key}")', ".py", {"tab_{}"}), ('f"{a} of {b}", f"Tab_{a}"', ".py", set()),
    ("say(`plan_cell_${a.case}${late(a)}`)", ".js", {"plan_cell_{}{}"}), ("`vd-${a}`", ".js", set())])
def test_the_scan_sees_keys_and_nothing_else(source, suffix, found):
    assert patterns(source, suffix) == found


def test_a_value_without_words_would_be_noticed():
    assert missing({"tab_{}": ("explore", "sleep")}, TABLE) == ["tab_sleep"]
    assert missing({"plan_cell_{}{}": list(product(("error",), ("", "_soon")))}, TABLE) == ["plan_cell_error_soon"]
