"""What this machine's processor can do, by what it says of itself: nothing is timed."""

from __future__ import annotations

from pathlib import Path

# Any of them multiplies matrices of bfloat16 in hardware; without one PyTorch bends every number to float32 and back.
_BFLOAT16 = frozenset({"amx_bf16", "avx512_bf16"})


def multiplies_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether large models take about half the time in bfloat16 here. False where nobody says."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line.split(":", 1)[1] for line in lines if line.startswith("flags")), "")
    return not _BFLOAT16.isdisjoint(flags.split())
