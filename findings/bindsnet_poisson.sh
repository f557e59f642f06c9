#!/usr/bin/env bash
# BindsNET 0.3.4 (torch 2.13.0): poisson makes trains that are nearly clocks, with the right rates.
#
# A Poisson process has exponential intervals. bindsnet.encoding.poisson draws each interval from a Poisson
# distribution, whose deviation is the root of its mean: at 20 Hz, in steps of 1 ms, 50 ms +- 7. So the
# coefficient of variation of intervals is .14 where it should be 1, and it depends on the step: .045 at
# .1 ms. The variance of counts in 1 s is .03 of their mean, not all of it, and 200 inputs at 20 Hz are silent
# for 29 ms and then fire almost together, around 50 ms. Whether a network bears noise in its inputs can't be
# learned from them. (bindsnet.encoding.bernoulli has it right.)
# With approx=True, which is documented as less accurate, an input of 0 Hz fires at 5 Hz.
#
# Needs Python 3.11 to 3.13. Fails if any of this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.3.5
"$work/venv/bin/pip" install --quiet --no-deps bindsnet==0.3.4
cat > "$work/trains.py" <<'PYTHON'
import importlib.util
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

import torch

# The module by itself: the package takes in its environments and plots, which aren't installed.
package = Path(importlib.util.find_spec("bindsnet").origin).parent
spec = importlib.util.spec_from_file_location("encodings", package / "encoding" / "encodings.py")
encodings = importlib.util.module_from_spec(spec)
spec.loader.exec_module(encodings)

RATE_HZ, CHANNELS = 20.0, 200
rates = torch.full((CHANNELS,), RATE_HZ)


def measured(spikes, dt_ms):
    """Rate, CV of intervals, variance over mean of counts in 1 s, and the first spike in ms."""
    seconds = len(spikes) * dt_ms / 1000
    rows = [torch.nonzero(spikes[:, k]).flatten() * dt_ms for k in range(CHANNELS)]
    intervals = torch.cat([torch.diff(times) for times in rows])
    counts = spikes.float().reshape(int(seconds), -1, CHANNELS).sum(1)
    return {
        "rate": float(spikes.float().sum() / CHANNELS / seconds),
        "CV": float(intervals.std() / intervals.mean()),
        "Fano": float((counts.var(0) / counts.mean(0)).mean()),
        "first": float(min(times[0] for times in rows)),
    }


torch.manual_seed(0)
found = {}
for dt_ms in (1.0, 0.1):
    found[dt_ms] = measured(encodings.poisson(rates, time=20_000, dt=dt_ms), dt_ms)
    print(f"poisson, steps of {dt_ms} ms:", {k: round(v, 3) for k, v in found[dt_ms].items()})
chance = torch.full((CHANNELS,), 1.0)
bernoulli = measured(encodings.bernoulli(chance, time=20_000, dt=1.0, max_prob=0.02), 1.0)
print("bernoulli, steps of 1 ms:", {k: round(v, 3) for k, v in bernoulli.items()})
silent = encodings.poisson(torch.zeros(CHANNELS), time=20_000, dt=1.0, approx=True)
at_zero = float(silent.float().mean() * 1000)
print(f"poisson with approx=True, 0 Hz: {at_zero:.2f} Hz")
right = (
    all(abs(values["rate"] - RATE_HZ) < 0.5 for values in found.values())
    and 0.12 < found[1.0]["CV"] < 0.16
    and 0.04 < found[0.1]["CV"] < 0.05
    and found[1.0]["Fano"] < 0.1
    and found[1.0]["first"] > 20
    and 0.9 < bernoulli["CV"] < 1.1
    and 0.9 < bernoulli["Fano"] < 1.1
    and at_zero > 4
)
print("As described." if right else "This has changed.")
sys.exit(not right)
PYTHON
"$work/venv/bin/python" "$work/trains.py"
