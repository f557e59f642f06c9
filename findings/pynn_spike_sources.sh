#!/bin/sh
# PyNN 0.13.0 on NEST 3.10.0: a SpikeSourceArray may fire a step after the time that it was given.
# PyNN tells NEST's generators to take times as precise, and takes min_delay off, for the parrot
# neuron that passes the spike on. So what the last digit of a float puts after the end of a step
# belongs to the next one, and the parrot passes it on there, also with spike_precision="on_grid".
# In steps of .1 ms 4.4 ms becomes 4.5 (4.4 - .1 is 4.300000000000001), and of the times
# np.arange(2, 3000) * 0.1, all on the grid, 546 come a step late; rounded to a microsecond, 26.
# NEST alone, with the same times in a spike_generator and a parrot, has none of them late.
#
# Needs Python 3.11 to 3.13. Fails if any of this changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet nest-simulator==3.10.0 PyNN==0.13.0 "numpy==2.2.6"
cat > "$folder/sources.py" <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")

import nest
import numpy as np
import pyNN.nest as sim

DT = 0.1  # ms
STEPS = np.arange(2, 3000)


def late_in_pynn(times):
    """Steps by which each spike is late."""
    sim.setup(timestep=DT, min_delay=DT, max_delay=1.0, spike_precision="on_grid")
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[sim.Sequence(times)]))
    source.record("spikes")
    sim.run(np.ceil(times[-1]) + 1)
    heard = source.get_data().segments[0].spiketrains[0].magnitude
    return np.rint((heard - times) / DT).astype(int)


def late_in_nest(times):
    nest.ResetKernel()
    nest.resolution = DT
    generator = nest.Create("spike_generator", params={"spike_times": times - DT})
    parrot, recorder = nest.Create("parrot_neuron"), nest.Create("spike_recorder")
    nest.Connect(generator, parrot, syn_spec={"delay": DT})
    nest.Connect(parrot, recorder, syn_spec={"delay": DT})
    nest.Simulate(np.ceil(times[-1]) + 1)
    return np.rint((np.sort(recorder.events["times"]) - times) / DT).astype(int)


found = {
    "4.4 ms by PyNN": late_in_pynn(np.array([4.4])).tolist(),
    "k * 0.1 by PyNN": np.bincount(late_in_pynn(STEPS * DT)).tolist(),
    "k * 0.1, rounded, by PyNN": np.bincount(late_in_pynn(np.round(STEPS * DT, 3))).tolist(),
    "k * 0.1 by NEST": np.bincount(late_in_nest(STEPS * DT)).tolist(),
}
seen = {
    "4.4 ms by PyNN": [1],
    "k * 0.1 by PyNN": [2452, 546],
    "k * 0.1, rounded, by PyNN": [2972, 26],
    "k * 0.1 by NEST": [2998],
}
for what, counts in found.items():
    print(f"late: {what}: {counts}")
sys.exit(found != seen)
PYTHON
if "$folder/venv/bin/python" "$folder/sources.py" > "$folder/found" 2> "$folder/errors"; then
    grep "^late" "$folder/found"
    echo "as described"
else
    grep "^late" "$folder/found" || tail -n 5 "$folder/errors"
    echo "not as described: PyNN's or NEST's times have changed" >&2
    exit 1
fi
