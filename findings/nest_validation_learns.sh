#!/usr/bin/env bash
# NEST 3.10: e-prop with Adam learns from what it is shown while the learning rate is 0.
#
# The example of evidence accumulation validates between updates with eta = 0, which leaves the weights
# as they are, as it should. But each of these intervals still counts as a step of Adam, whose moments
# take its gradient in: the next update, with eta as before, moves weights by what was shown for
# validation. Here three updates follow each other, the second with eta = 0. Two runs, which differ in
# the target of the second alone, end with different weights; with gradient descent they end with the
# same. (That example's validation data are new each time, so it is no leak of test data there; keep
# samples that are to stay unseen for a simulation of their own.)
#
# Fails (exit 1) where this has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet "nest-simulator==3.10.0" "numpy==2.2.6"

PYNEST_QUIET=1 "$work/venv/bin/python" - <<'PYTHON'
import sys

import nest

STEPS = 100  # of 1 ms, of an update interval


def weights(optimizer, learning_rate, second_target):
    """The weight of a readout after each interval; an update is made in the next one."""
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.set(
        resolution=1.0,
        eprop_update_interval=float(STEPS),
        eprop_learning_window=float(STEPS),
        eprop_reset_neurons_on_update=True,
    )
    times = [float(t) for t in range(5, 4 * STEPS, 10)]
    generator = nest.Create("spike_generator", params={"spike_times": times})
    parrot = nest.Create("parrot_neuron")
    neuron = nest.Create("eprop_iaf_bsshslm_2020", params={"V_th": 1.0, "E_L": 0.0, "V_m": 0.0})
    readout = nest.Create("eprop_readout_bsshslm_2020", params={"loss": "mean_squared_error"})
    target = nest.Create("step_rate_generator")
    target.set(
        amplitude_times=[4.0, 4.0 + STEPS, 4.0 + 2 * STEPS],  # later by the delays on the way
        amplitude_values=[1.0, second_target, 1.0],
    )

    def rate(eta):
        values = {"type": optimizer, "batch_size": 1, "eta": eta, "optimize_each_step": False}
        nest.SetDefaults("eprop_synapse_bsshslm_2020", {"optimizer": values})

    rate(learning_rate)
    static = {"delay": 1.0, "weight": 100.0}
    plastic = {"synapse_model": "eprop_synapse_bsshslm_2020", "delay": 1.0}
    nest.Connect(generator, parrot, syn_spec={"delay": 1.0})
    nest.Connect(parrot, neuron, syn_spec=static)
    nest.Connect(neuron, readout, syn_spec=plastic | {"weight": 0.5})
    delayed = {"synapse_model": "rate_connection_delayed", "delay": 1.0, "receptor_type": 2}
    nest.Connect(target, readout, syn_spec=delayed)
    learning = "eprop_learning_signal_connection_bsshslm_2020"
    nest.Connect(readout, neuron, syn_spec={"synapse_model": learning, "delay": 1.0})
    found = []
    for eta in (learning_rate, 0.0, learning_rate, learning_rate):
        rate(eta)
        nest.Simulate(float(STEPS))
        found.append(nest.GetConnections(neuron, readout).get("weight"))
    return found


changed = {}
for optimizer, learning_rate in (("gradient_descent", 1e-5), ("adam", 0.01)):
    runs = [weights(optimizer, learning_rate, target) for target in (1.0, -3.0)]
    print(optimizer)
    for target, run in zip((1.0, -3.0), runs):
        print(f"  second target {target:4}: weight after each interval", [f"{w:.6f}" for w in run])
    changed[optimizer] = abs(runs[0][-1] - runs[1][-1])
expected = changed["gradient_descent"] == 0 and changed["adam"] > 1e-3
print("as described" if expected else "this has changed")
sys.exit(not expected)
PYTHON
