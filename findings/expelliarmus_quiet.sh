#!/usr/bin/env bash
# expelliarmus 1.1.12: a recording that it saves as EVT3 loses time wherever the camera was quiet for 4 ms.
#
# A time in EVT3 is in two parts: the lower 12 bits stand with the events, and the upper ones in a word of
# their own when they change. Where an event comes 4096 us or more after the one before it, no such word is
# written, so that the file itself doesn't have the time: events of 0, 10, 20 and 30 ms are read as 0, 1.8,
# 3.6 and 5.4 ms. Places and polarities are right, times ascend, and nothing is said; dense recordings are
# exact, so that a test with one finds nothing. DAT and EVT2 keep the same events exactly.
#
# Needs Python 3.11 to 3.13. Fails if this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet expelliarmus==1.1.12 numpy==2.3.5
cat > "$work/events.py" <<'PYTHON'
import sys
from pathlib import Path

import numpy as np
from expelliarmus import Wizard

FIELDS = [("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1")]
folder = Path(sys.argv[1])


def saved_and_read(times_us, encoding):
    events = np.zeros(len(times_us), dtype=FIELDS)
    events["t"] = times_us
    events["x"] = np.arange(len(times_us)) % 100
    events["p"] = 1
    wizard = Wizard(encoding=encoding)
    path = folder / ("events.dat" if encoding == "dat" else "events.raw")
    wizard.save(fpath=path, arr=events)
    again = wizard.read(path)
    assert all(np.array_equal(again[name], events[name]) for name in "xyp")
    return again["t"].tolist()


def words(path):
    """Types of the 16-bit words after the header: 6 is the lower part of a time, 8 the upper."""
    content = path.read_bytes()
    start = content.index(b"\n", content.rindex(b"\n%") + 1) + 1
    return [int(word) >> 12 for word in np.frombuffer(content[start:], "<u2")]


quiet, busy = [0, 10_000, 20_000, 30_000], list(range(0, 30_001, 1000))
found = {encoding: saved_and_read(quiet, encoding) for encoding in ("dat", "evt2", "evt3")}
for encoding, times_us in found.items():
    print(f"{encoding}: {quiet} us are read as {times_us}")
upper = words(folder / "events.raw").count(8)
print(f"words with the upper part of a time in the EVT3 file: {upper} (4 differ)")
dense = saved_and_read(busy, "evt3") == busy
print("an event each ms as EVT3:", "the same times" if dense else "other times")
right = found == {"dat": quiet, "evt2": quiet, "evt3": [0, 1808, 3616, 5424]} and upper == 1 and dense
print("As described." if right else "This has changed.")
sys.exit(not right)
PYTHON
"$work/venv/bin/python" "$work/events.py" "$work"
