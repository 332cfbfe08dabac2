"""The lines that repeat a saved run: on the command line, and against the API of a running app."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from vae_demo.layout.sizes import spelled_sizes


def command_line(data: Mapping) -> str:
    """One line for a POSIX shell, from a comparison's JSON mapping. The clip stands there by name only:
    where it lies is the user's to know."""
    return " ".join(command_words(data))


def placed(data: Mapping, folder: str) -> dict:
    """A result's mapping with its clip named by where it lies, for lines that run as they stand."""
    return {**data, "clip": {**data["clip"], "name": f"{folder}/{data['clip']['name']}"}}


def command_words(data: Mapping) -> list[str]:
    """The words of the line, each quoted where a shell needs that."""
    clip = data["clip"]
    words = [
        "python", "-m", "vae_demo", "compare", _argument(_clip_name(data)),
        "--model", data["model"],
        "--variants", ",".join(variant["spelling"] for variant in data["variants"]),
        "--start", str(clip["start"]), "--frames", str(clip["n_frames"]),
        "--size", str(_size(data)), "--crop", _crop(data),
        "--device", data["device"], *_dtype(data), *_compiled(data), *_weights(data),
    ]
    if data["seed"] is not None:
        words += ["--seed", str(data["seed"])]
    return [shlex.quote(word) for word in (*words, "--out", "results")]


def _dtype(data: Mapping) -> list[str]:
    """Named where it is not what a CPU takes by itself."""
    return [] if data["dtype"] == "float32" and data["device"] == "cpu" else ["--dtype", data["dtype"]]


def _compiled(data: Mapping) -> list[str]:
    return ["--compile"] if data["provenance"].get("compiled") else []


def inspect_command_line(data: Mapping) -> str:
    """`command_line` for the mapping of an inspection."""
    video, source = data["video"], data["reference"]
    words = ["python", "-m", "vae_demo", "inspect", _argument(video["name"])]
    words += ["--reference", _argument(source["name"])] if source else []
    words += ["--start", str(video["start"]), "--frames", str(video["n_frames"]), "--out", "results"]
    return " ".join(shlex.quote(word) for word in words)


def client_call(data: Mapping, home: str = "{home}") -> str:
    """Lines of Python for gradio_client that run as they stand and print what came out; home is the address of the
    running app."""
    asked = {"variants": ",".join(variant["spelling"] for variant in data["variants"]), "model": data["model"]}
    return _call(data, home, asked, "/compare", """\
for v in result["variants"]:
    print(v["label"], "frames:", v["frames_out"], "PSNR:", v["means"]["psnr"])
""")


def sweep_command_line(data: Mapping) -> str:
    """`command_line` for the mapping of a sweep."""
    clip = data["clip"]
    words = [
        "python", "-m", "vae_demo", "sweep", _argument(_clip_name(data)),
        "--model", data["model"], "--sizes", _sizes(data),
        "--start", str(clip["start"]), "--frames", str(clip["n_frames"]),
        "--size", str(_size(data)), "--crop", _crop(data), "--device", data["device"], *_dtype(data),
        *_compiled(data), *_weights(data), "--out", "results"]
    return " ".join(shlex.quote(word) for word in words)


def sweep_client_call(data: Mapping, home: str = "{home}") -> str:
    """`client_call` for the mapping of a sweep."""
    return _call(data, home, {"sizes": _sizes(data), "model": data["model"]}, "/sweep", """\
for row in result["rows"]:
    print(row["size"], "latents:", row["latents"], "PSNR:", row["full"] and row["full"]["psnr"])
""")


def _weights(data: Mapping) -> list[str]:
    name = data["provenance"]["weights"]
    return ["--weights", _argument(_printable(name))] if name else []


def _argument(name: str) -> str:
    """A file's name that no program takes for an option."""
    return f"./{name}" if name.startswith("-") else name


def _printable(name: str) -> str:
    return "".join(char for char in name if char.isprintable())


def _sizes(data: Mapping) -> str:
    return spelled_sizes([None if row["size"] == "whole" else int(row["size"]) for row in data["rows"]])


def _call(data: Mapping, home: str, asked: Mapping, api_name: str, printing: str) -> str:
    """asked: what is special about the call. printing: lines that say what `result` holds."""
    def given(arguments: Mapping) -> str:
        return ", ".join(f"{name}={json.dumps(value)}" for name, value in arguments.items())
    clip, file = data["clip"], json.dumps(_clip_name(data), ensure_ascii=False)
    rest = {"start": clip["start"], "frames": clip["n_frames"], "size": _size(data), "crop": _crop(data),
            **({"dtype": data["dtype"]} if _dtype(data) else {})}
    return (f"from gradio_client import Client, handle_file\n\nclient = Client({json.dumps(home)}, verbose=False)\n"
            f"result = client.predict(\n    clip=handle_file({file}),\n    {given(asked)},\n"
            f"    {given({**rest, 'api_name': api_name})})\n{printing}")


def _clip_name(data: Mapping) -> str:
    return _printable(data["clip"]["name"]) or "clip"


def _size(data: Mapping) -> int:
    return min(data["clip"]["width"], data["clip"]["height"])


def _crop(data: Mapping) -> str:
    return "square" if data["clip"]["width"] == data["clip"]["height"] else "none"
