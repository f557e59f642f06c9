#!/usr/bin/env bash
# tonic 1.7.0: ToVoxelGrid of events with a boolean polarity, as tonic's own data sets have it, is all ON.
#
# A voxel grid adds +1 for a pixel that grew brighter and -1 for one that grew darker. ToVoxelGrid puts -1
# where the polarity is 0, in the polarity's own type, and -1 as a boolean is True: so every event adds +1.
# Eight events of one pixel, OFF and ON in turn, make a grid that sums to 6.3; with an integer polarity it
# sums to -0.6, as it should. Nothing is said. Booleans are what tonic.io.make_structured_array makes, and
# what DVS Gesture, CIFAR10-DVS and DVS-Lips are read as; N-MNIST comes with integers.
# (events.astype with p as int8 first is right; uint8 is an error.)
#
# Needs Python 3.11 to 3.13. Fails if this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet tonic==1.7.0 numpy==2.3.5
cat > "$work/voxels.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")

import numpy as np
from tonic.io import make_structured_array
from tonic.transforms import ToVoxelGrid

times_us = np.arange(8) * 1000
polarity = np.arange(8) % 2
as_read = make_structured_array(np.full(8, 3), np.full(8, 2), times_us, polarity)
as_integers = as_read.astype([("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")])
grid = ToVoxelGrid(sensor_size=(5, 4, 2), n_time_bins=3)
found = {}
for name, events in (("as tonic reads them", as_read), ("as integers", as_integers)):
    values = grid(events)[:, 0, 2, 3]
    found[name] = values
    print(f"p {name}, {events['p'].dtype}: {np.round(values, 3)}, in all {values.sum():.3g}")
booleans, integers = found.values()
right = (
    as_read["p"].dtype == bool
    and booleans.min() > 0
    and booleans.sum() > 5
    and abs(integers.sum()) < 2
    and integers.min() < 0
)
print("As described." if right else "This has changed.")
sys.exit(not right)
PYTHON
"$work/venv/bin/python" "$work/voxels.py"
