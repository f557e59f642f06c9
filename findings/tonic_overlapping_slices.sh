#!/usr/bin/env bash
# tonic 1.7.0: time bins that overlap don't reach the end of a recording.
#
# SliceByTimeBins, and ToFrame(n_time_bins=...) by it, make a bin a duration / n (1 + overlap) long and go on
# by (1 - overlap) of that. So the last of 10 bins ends before the recording does: at 82 % of it with an
# overlap of .5, and at 36 % with .9; the events behind are in no bin, and the more the bins overlap, the
# more of a recording is never seen. Nothing is said. Bins by numbers of events, SliceByEventBins, are the
# same. (n bins with a fraction o of overlap reach both ends with duration / (n - (n - 1) o) each.)
# Without an overlap only the last event is left out, and up to n - 1 us.
# And frames count in 16 bits: 40,000 events of one pixel in one frame, as a hot pixel has, are -25,536.
#
# Needs Python 3.11 to 3.13. Fails if any of this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet tonic==1.7.0 numpy==2.3.5
cat > "$work/slices.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")

import numpy as np
from tonic.slicers import SliceByEventBins, SliceByTimeBins
from tonic.transforms import ToFrame

N = 10
events = np.zeros(10_001, dtype=[("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")])
events["t"] = np.arange(10_001) * 100  # 1 s


def reached(slicer):
    """Fraction of the recording that is in slices, from its start."""
    slices = slicer.slice(events, None)[0]
    assert len(slices) == N and slices[0]["t"][0] == 0
    return float(round(max(part["t"].max() for part in slices) / events["t"][-1], 2))


found = {}
for overlap in (0.0, 0.2, 0.5, 0.8, 0.9):
    found[overlap] = tuple(reached(kind(N, overlap)) for kind in (SliceByTimeBins, SliceByEventBins))
    print(f"overlap {overlap}: bins of time reach {found[overlap][0]:.0%}, bins of events {found[overlap][1]:.0%}")
frames = ToFrame(sensor_size=(1, 1, 2), n_time_bins=N)(events)
lost = len(events) - int(frames.sum())
print(f"frames without an overlap hold all but {lost} of {len(events)} events")
hot = np.zeros(40_001, dtype=events.dtype)
hot["t"] = np.arange(40_001)
count = int(ToFrame(sensor_size=(1, 1, 2), n_time_bins=1)(hot).sum())
print(f"one frame of 40,000 events of one pixel: {count}")
by_time = {overlap: values[0] for overlap, values in found.items()}
expected = {0.0: 1.0, 0.2: 0.98, 0.5: 0.82, 0.8: 0.5, 0.9: 0.36}
right = all(abs(by_time[o] - e) <= 0.01 for o, e in expected.items()) and (lost, count) == (1, -25536)
right = right and all(abs(values[1] - values[0]) <= 0.01 for values in found.values())
print("As described." if right else "This has changed.")
sys.exit(not right)
PYTHON
"$work/venv/bin/python" "$work/slices.py"
