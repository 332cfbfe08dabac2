"""A Ray cluster of several nodes on this machine, none of which listens beyond loopback.

`python -m scripts.loopback_cluster 2 [CPUS]` prints the address once both nodes are there, each with so many cores (1
unless said), and ends them when its standard input does. A line `drop` kills the node that came last, as a power cut
would; `add` brings another one.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress

import psutil

# The one way to have Ray take 127.0.0.1 for a node's address, instead of the one that others reach it by.
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
NODE = {"object_store_memory": 100_000_000, "include_dashboard": False}


def main() -> None:
    from ray.cluster_utils import Cluster

    logging.disable(logging.WARNING)
    node = {"num_cpus": int(sys.argv[2]) if len(sys.argv) > 2 else 1, **NODE}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    nodes = [cluster.add_node(**node) for _ in range(int(sys.argv[1]) - 1)]
    try:
        print(cluster.address, flush=True)
        for line in sys.stdin:
            if line.strip() == "drop" and nodes:
                cluster.remove_node(nodes.pop(), allow_graceful=False)
            elif line.strip() == "add":
                nodes.append(cluster.add_node(**node))
            print(len(nodes) + 1, flush=True)
    finally:
        # All at once: asked one by one, those that are left wait for those that are gone.
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                process.kill()


if __name__ == "__main__":
    main()
