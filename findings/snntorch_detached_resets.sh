#!/bin/sh
# The gradient of a recurrent layer of snnTorch 1.0.0 (torch 2.13.0) doubles every four to five
# steps, as its resets have no gradient.
# - RLeaky(all_to_all=True) of 100 neurons as it comes (reset "subtract", surrogate atan), recurrent
#   weights from N(0, 1 / 100), firing 3 % of the steps: the gradient of the recurrent weights is some
#   6e2 long after 25 steps, 6e7 after 100, 1e15 after 200, and infinite after 400. With reset "zero"
#   it is infinite too.
# - The same neurons by hand, spike for spike, but with resets that the gradient passes through:
#   18 to 29 for any of these lengths.
# So a network that fires sensibly can't learn over some hundred steps, and nothing says why; scaled
# or clipped gradients hide it, as their directions are then chance.
#
# Needs Python 3.11 to 3.13. Fails if any of this changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy snntorch==1.0.0
cat > "$folder/check.py" <<'PYTHON'
import snntorch as snn
import torch

N, BETA, SAMPLES = 100, 0.95, 4


def layer(reset):
    torch.manual_seed(0)
    made = snn.RLeaky(beta=BETA, all_to_all=True, linear_features=N, reset_mechanism=reset)
    with torch.no_grad():
        made.recurrent.weight.normal_(0, N**-0.5)
    return made


def inputs(steps):
    torch.manual_seed(1)
    return (torch.rand(steps, SAMPLES, N) < 0.05).float() * 0.6


def by_layer(steps, reset):
    made = layer(reset)
    spikes, potential = made.init_rleaky()
    every = []
    for row in inputs(steps):
        spikes, potential = made(row, spikes, potential)
        every.append(spikes)
    every[-1].sum().backward()
    return torch.stack(every).detach(), made.recurrent.weight.grad.norm().item()


def by_hand(steps):
    made = layer("subtract")
    spike, recurrent = made.spike_grad, made.recurrent
    potential = torch.zeros(SAMPLES, N)
    spikes = torch.zeros(SAMPLES, N)
    every = []
    for row in inputs(steps):
        reset = spike(potential - 1)
        potential = BETA * potential + row + recurrent(spikes) - reset
        spikes = spike(potential - 1)
        every.append(spikes)
    every[-1].sum().backward()
    return torch.stack(every).detach(), recurrent.weight.grad.norm().item()


STEPS = (25, 100, 200, 400)
theirs = {steps: by_layer(steps, "subtract") for steps in STEPS}
ours = {steps: by_hand(steps) for steps in STEPS}
for steps in STEPS:
    same = torch.equal(theirs[steps][0], ours[steps][0])
    rate = theirs[steps][0].mean().item()
    print(f"{steps} steps, rate {rate:.3f}, same spikes {same}:", end=" ")
    print(f"snnTorch {theirs[steps][1]:.2g}, resets with a gradient {ours[steps][1]:.2g}")
    assert same and 0.015 < rate < 0.04
lengths = [theirs[steps][1] for steps in STEPS]
assert 50 < lengths[0] < 2e3 and 1e6 < lengths[1] < 1e9 and lengths[2] > 1e12
assert lengths[3] == float("inf") and by_layer(400, "zero")[1] == float("inf")
assert all(5 < length < 200 for _, length in ours.values())
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
