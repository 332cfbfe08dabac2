"""What a container may have less than its host: control groups of both versions, as trees of files."""

import psutil
import pytest
import torch

from vae_demo import memory

GB = 10**9
V1_NONE = 9223372036854771712
V2, V1 = ("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")


def tree(root, groups, own=""):
    """groups: folder below /sys/fs/cgroup -> (names of its two files, limit, used); own: /proc/self/cgroup."""
    for folder, (names, *values) in groups.items():
        path = root / "sys/fs/cgroup" / folder
        path.mkdir(parents=True, exist_ok=True)
        for name, value in zip(names, values, strict=True):
            (path / name).write_text(f"{value}\n")
    if own is not None:
        (root / "proc/self").mkdir(parents=True)
        (root / "proc/self/cgroup").write_text(own)
    return root


@pytest.mark.parametrize(("groups", "own", "room"), [
    # version 2, inside a container: the mount is our group
    ({"": (V2, 4 * GB, GB)}, "0::/\n", 3 * GB), ({"": (V2, "max", GB)}, "0::/\n", None),
    ({"": (V2, 1000, 2000)}, "0::/\n", 0), ({"": (V2, "nonsense", 0)}, "0::/\n", None),
    ({"": (V2, 0, 0)}, "0::/\n", 0), ({"": (V2, 4 * GB, "nonsense")}, "0::/\n", None),
    # version 2, on the host: our group is named, and those above it count too
    ({"a/b": (V2, 4 * GB, GB)}, "0::/a/b\n", 3 * GB),
    ({"a": (V2, 2 * GB, GB), "a/b": (V2, 9 * GB, GB)}, "0::/a/b\n", GB),
    ({"a": (V2, 9 * GB, GB), "a/b": (V2, 2 * GB, GB)}, "0::/a/b\n", GB),
    ({"a": (V2, "max", GB), "a/b": (V2, "max", GB)}, "0::/a/b\n", None),
    ({"a": (V2, 9 * GB, GB), "other": (V2, 2 * GB, GB)}, "0::/a\n", 8 * GB),
    # a name seen from another namespace leads nowhere, and never out of the mount
    ({"": (V2, 3 * GB, GB)}, "0::/../../elsewhere\n", 2 * GB), ({"x": (V2, 3 * GB, GB)}, "0::/../x\n", 2 * GB),
    # version 1, inside a container and on the host
    ({"memory": (V1, 4 * GB, GB)}, "5:memory:/docker/abc\n1:name=systemd:/\n", 3 * GB),
    ({"memory": (V1, V1_NONE, GB)}, "5:memory:/\n", None),
    ({"memory": (V1, V1_NONE, GB), "memory/docker/abc": (V1, 3 * GB, GB)}, "5:memory:/docker/abc\n", 2 * GB),
    ({"memory/docker": (V1, 2 * GB, GB), "memory/docker/abc": (V1, V1_NONE, GB)}, "5:memory:/docker/abc\n", GB),
    ({"memory": (V1, 2 * GB, 3 * GB)}, "5:memory:/\n", 0), ({"memory": (V1, -1, GB)}, "5:memory:/\n", None),
    ({"cpu,memory/a": (V1, 2 * GB, GB)}, "5:cpu,memory:/a\n", GB),
    # both at once: memory is on version 1, version 2 only groups processes
    ({"memory/a": (V1, 2 * GB, GB), "unified/b": ((),)}, "5:memory:/a\n0::/b\n", GB),
    ({"memory/a": (V1, V1_NONE, GB), "unified/b": (V2, 5 * GB, GB)}, "5:memory:/a\n0::/b\n", 4 * GB),
    # a group of another controller says nothing; neither does a system without any, nor a line that is none
    ({"a": (V2, 2 * GB, GB)}, "3:cpu:/a\n", None), ({}, "", None), ({}, None, None),
    ({"": (V2, 4 * GB, GB)}, None, 3 * GB), ({"": (V2, 4 * GB, GB)}, "nonsense\n::\n\n", 3 * GB),
    ({"a b:c": (V2, 4 * GB, GB)}, "0::/a b:c\n", 3 * GB),
])
def test_the_tightest_group_decides(tmp_path, groups, own, room):
    found = memory.container_room(tree(tmp_path, groups, own))
    assert found == (float("inf") if room is None else room)


def test_names_that_are_no_text_are_no_limit(tmp_path):
    tree(tmp_path, {"": (V2, 4 * GB, GB)})
    (tmp_path / "proc/self/cgroup").write_bytes(b"0::/\xff\n")
    assert memory.container_room(tmp_path) == 3 * GB


@pytest.mark.parametrize(("room", "budget"), [(float("inf"), 5 * GB), (20 * GB, 5 * GB), (3 * GB, 1.5 * GB), (0, 0)])
def test_half_of_what_host_and_container_leave(monkeypatch, room, budget):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Free", (), {"available": 10 * GB}))
    monkeypatch.setattr(memory, "container_room", lambda: room)
    assert memory.batch_budget("cpu") == memory.batch_budget(torch.device("cpu")) == budget


def test_this_machine_answers():
    assert memory.container_room() >= 0


def test_processes_that_share_a_machine_have_a_part_of_it_each(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 12 * GB)
    assert memory.batch_budget("cpu") == 6 * GB
    assert memory.share_among(3) == 1
    try:
        assert memory.batch_budget("cpu") == 2 * GB
    finally:
        assert memory.share_among(1) == 3
