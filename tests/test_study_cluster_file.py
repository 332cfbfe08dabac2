"""The cluster file of `examples`: Ray's own schema takes it, and every command in it is one that there is."""

import copy
import re
import shlex
from pathlib import Path

import pytest
import yaml

from vae_demo.cli import build_parser

ROOT = Path(__file__).parents[1]
FILE = ROOT / "examples" / "ray_cluster.yaml"


@pytest.fixture(scope="module")
def text():
    return FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def config(text):
    return yaml.safe_load(text)


def check(config):
    """As `ray up` does before it reaches for any node. Ray is imported where it is wanted: it takes seconds."""
    from ray.autoscaler._private.util import prepare_config, validate_config

    validate_config({"cluster_synced_files": [], **prepare_config(copy.deepcopy(config))})


def test_ray_takes_it_and_would_refuse_what_it_does_not_know(config):
    from jsonschema import ValidationError

    check(config)
    assert config["max_workers"] == len(config["provider"]["worker_ips"])
    with pytest.raises(ValidationError):
        check({**config, "worker_kinds": 2})


def ray_command(words):
    """Options of a command of Ray, as its own parser reads them."""
    from ray.scripts.scripts import cli

    name, *options = words
    return cli.commands[name].make_context(name, options).params


def started(lines):
    """Options of `ray start` in lines for a shell; `ray stop` comes before it, and both are in the project's folder."""
    stop, start = (re.fullmatch(r"cd ~/project && (?:\S+=\S+ )*\.venv/bin/ray (.+)", line)[1] for line in lines)
    assert ray_command(shlex.split(stop)) and stop == "stop"
    name, *options = shlex.split(start)
    assert name == "start"
    return ray_command([name, *options])


def test_its_nodes_are_started_with_options_that_ray_has(config):
    head, node = started(config["head_start_ray_commands"]), started(config["worker_start_ray_commands"])
    assert head["head"] and not node["head"] and node["address"] == f"$RAY_HEAD_IP:{head['port']}"
    assert head["num_cpus"] == 0 and node["num_cpus"] is None and not head["include_dashboard"]
    # Without it the head waits for nodes that nobody starts.
    assert head["autoscaling_config"] == "~/ray_bootstrap_config.yaml"
    assert list(config["file_mounts"]) == ["~/project"]


def test_what_it_names_of_the_project_is_there(config, text):
    (setup,) = config["setup_commands"]
    script, requirements = re.fullmatch(r"cd ~/project && bash (\S+) (\S+)", setup).groups()
    assert (ROOT / script).is_file() and (ROOT / requirements).is_file()
    up, run = (shlex.split(line) for line in re.findall(r"^# +(ray .+)$", text, re.MULTILINE))
    for words in (up, run):
        assert (ROOT / ray_command(words[1:])["cluster_config_file"]).samefile(FILE)
    typed = shlex.split(ray_command(run[1:])["cmd"])
    before, arguments = typed[:typed.index("vae_demo")], typed[typed.index("vae_demo") + 1:]
    assert before == ["cd", "project", "&&", ".venv/bin/python", "-m"]
    assert arguments[0] == "study" and build_parser().parse_args(arguments).ray == "auto"
    for options in re.findall(r"`(--.+?)`", text):
        assert build_parser().parse_args([*arguments, *shlex.split(options)])
