"""A tune in a closed loop
=======================

A reservoir learns to follow a sine while its own output is fed back to it, goes on alone, then
learns another tune.

FORCE learning (Sussillo & Abbott 2009; in spiking networks Nicola & Clopath 2017): the readout is
fed back, and recursive least squares keeps its output near the target while it learns.
"""

import matplotlib.pyplot as plt

from lsm.force import force_reservoir, train_force
from lsm.metrics import drift_tolerant_nrmse
from readouts import ForceReadout
from tasks import make_target

DT_MS = 0.05
sine = make_target("sine", duration_ms=5000, dt_ms=DT_MS)
triangle = make_target("sawtooth", duration_ms=5000, dt_ms=DT_MS)


def alone(run, target):
    """Error of the last second, after learning, if a change of tempo and phase is forgiven."""
    steps = round(1000 / DT_MS)
    outputs, wanted = run.outputs[-steps:], target.values[-steps:]
    return drift_tolerant_nrmse(outputs, wanted, dt_ms=DT_MS, period_ms=target.period_ms)


first = train_force(
    force_reservoir("lif", 500, gain=0.1, random_state=0),
    sine.values,
    readout=ForceReadout(alpha=2e5),
    feedback=30.0,
    dt_ms=DT_MS,
    learn=(1000, 4000),
    random_state=0,
    progress=False,
)
# The same network goes on; its readout starts anew, as it has learned the sine too well to let go.
second = first.run(
    target=triangle.values,
    learn=(5000, 9000),
    readout=first.readout.reset(keep_weights=True),
)
print(f"sine, alone:     {alone(first, sine):.3f}")
print(f"triangle, alone: {alone(second, triangle):.3f}")

figure, axes = plt.subplots(2, 1, figsize=(10, 5), layout="constrained")
for axis, run, target in zip(axes, (first, second), (sine, triangle), strict=True):
    axis.plot(run.t_ms / 1000, target.values, color="0.7", linewidth=3)
    axis.plot(run.t_ms / 1000, run.outputs, linewidth=1)
    axis.set(ylim=(-2, 2), ylabel=target.name)
axes[-1].set_xlabel("time (s)")
figure.savefig("closed_loop.png")
