#!/usr/bin/env bash
# Build the kernels of the VAE in the page, vae_demo/live/wasm/*.c: live_wasm.sh [WHERE]. The file that this writes is
# committed; nobody needs a compiler to install or run the app. The same compiler gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
version=19
to=${1:-vae_demo/live/vae.wasm}
for package in clang lld; do
    command -v ${package/#lld/wasm-ld}-$version >/dev/null ||
        bash scripts/debian_package.sh $package-$version "Building vae.wasm needs"
done
clang-$version --target=wasm32 -msimd128 -mbulk-memory -O3 -Wall -Wextra -Werror -nostdlib -ffreestanding -fno-builtin \
    -fno-ident -fuse-ld="$(command -v wasm-ld-$version)" -Wl,--no-entry -Wl,--import-memory -Wl,--strip-all \
    -Wl,-z,stack-size=16384 -o "$to" vae_demo/live/wasm/*.c
