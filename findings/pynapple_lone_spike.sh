#!/usr/bin/env bash
# pynapple 0.11.4: a neuron with a single spike loses it when it is put into a TsGroup.
#
# A Ts without a time_support is taken to last from its first spike to its last, which of one spike is
# no time; a TsGroup without a time_support takes the union of its members' and keeps only the spikes
# within. So the one spike of a quiet neuron goes, and the neuron counts as silent. What is said is
# "Some epochs have no duration", of the interval, not of the spike. Two spikes stay, and so does one
# where the group and the Ts are given the session as time_support.
#
# Fails (exit 1) where this has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet "pynapple==0.11.4" "numpy==2.3.5"

"$work/venv/bin/python" -W ignore - <<'PYTHON'
import sys

import numpy as np
import pynapple as nap

busy = np.array([0.5, 1.0, 1.5])
group = nap.TsGroup({0: nap.Ts(busy), 1: nap.Ts(np.array([0.2]))})
twice = nap.TsGroup({0: nap.Ts(busy), 1: nap.Ts(np.array([0.2, 0.3]))})
session = nap.IntervalSet(0, 2)
known = nap.TsGroup(
    {
        0: nap.Ts(busy, time_support=session),
        1: nap.Ts(np.array([0.2]), time_support=session),
    },
    time_support=session,
)
print("Two neurons, one with a single spike at 0.2 s; spikes that it has in a TsGroup:")
print(f"pynapple 0.11.4, without a time_support: {len(group[1])}")
print(f"the same with two spikes, at 0.2 and 0.3 s: {len(twice[1])}")
print(f"one spike, with the session from 0 to 2 s as time_support: {len(known[1])}")
if (len(group[1]), len(twice[1]), len(known[1])) != (0, 2, 1):
    print("This has changed.")
    sys.exit(1)
print("As found: the only spike is gone.")
PYTHON
