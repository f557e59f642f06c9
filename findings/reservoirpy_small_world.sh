#!/usr/bin/env bash
# reservoirpy 0.4.2: a small world with a whole number as seed is symmetric, and another one with sr.
#
# The weights of the two directions of a connection are drawn by two calls that are given the seed itself, and not
# the generator that was made of it: with a whole number both draw the same, the matrix equals its transpose,
# and all of its eigenvalues are real, so that no mode of the reservoir turns. With a generator as seed,
# or with a spectral radius (`sr`), directions differ; and with `sr` the same seed connects other neurons,
# where `uniform`, `normal` and `cluster` give the same matrix times a number.
# (Give numpy.random.default_rng(seed) in place of the seed, and scale the matrix oneself.)
#
# Needs Python 3.11 to 3.13. Fails if this changes.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR="$scratch"
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet reservoirpy==0.4.2
cat > "$scratch/matrices.py" <<'PYTHON'
import warnings

import numpy as np
from reservoirpy.mat_gen import cluster, normal, small_world, uniform

warnings.simplefilter("ignore")


def matrix(rule, **options):
    made = rule(60, 60, **options)
    return made.toarray() if hasattr(made, "toarray") else np.asarray(made)


def turning(W):
    """Number of eigenvalues that aren't real."""
    return int(np.sum(np.abs(np.linalg.eigvals(W).imag) > 1e-9))


by_number, by_generator = (
    matrix(small_world, seed=seed, nb_close_neighbours=4, proba_rewire=0.2)
    for seed in (0, np.random.default_rng(0))
)
for name, W in (("0", by_number), ("default_rng(0)", by_generator)):
    print(f"seed={name}: symmetric {np.array_equal(W, W.T)}, eigenvalues off the real line {turning(W)}")
assert np.array_equal(by_number, by_number.T) and turning(by_number) == 0
assert not np.array_equal(by_generator, by_generator.T) and turning(by_generator) > 10

scaled = matrix(small_world, seed=0, nb_close_neighbours=4, proba_rewire=0.2, sr=0.9)
shared = np.sum((scaled != 0) & (by_number != 0))
print(f"with sr=0.9, the same seed: {shared} of {np.sum(scaled != 0)} connections are those without")
assert shared < np.sum(scaled != 0)
for rule, options in ((uniform, {}), (normal, {}), (cluster, {"cluster": 3})):
    plain, scaled = (matrix(rule, seed=0, **options, **more) for more in ({}, {"sr": 0.9}))
    ratio = scaled[plain != 0] / plain[plain != 0]
    assert np.allclose(ratio, ratio[0])
print("uniform, normal, cluster with sr=0.9: the same matrix times a number")
PYTHON
"$scratch/venv/bin/python" "$scratch/matrices.py"
