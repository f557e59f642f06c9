#!/usr/bin/env bash
# quantities 0.16.4 (the units of neo and elephant): a number in front of a unit is read from the
# text and then dropped without a word.
#
# Recorders of electrophysiology give a scale such as 0.195 uV for each step of their converter. Of
# pq.Quantity(100, "0.195*uV") one expects 19.5 uV; it is 100 uV, and so is neo's AnalogSignal with
# such units. "1000*ms" as a unit is 1 ms. astropy 8.0.2 keeps the number, 19.5 uV; pint 0.25.3 refuses
# it. 100 * 0.195 * pq.uV is right.
#
# Fails (exit 1) where this has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet "numpy==2.3.5" "quantities==0.16.4" "neo==0.14.6" "pint==0.25.3" "astropy==8.0.2"

"$work/venv/bin/python" - <<'PYTHON'
import sys

import astropy.units
import neo
import pint
import quantities as pq

scaled = pq.Quantity(100.0, "0.195*uV").rescale("uV").item()
signal = neo.AnalogSignal([[100.0]], units="0.195*uV", sampling_rate=1 * pq.kHz)
signal = signal.rescale("uV").item()
second = pq.Quantity(1.0, "1000*ms").rescale("ms").item()
by_hand = (100.0 * 0.195 * pq.uV).item()
try:
    pint.UnitRegistry().Quantity(100.0, "0.195*uV")
    of_pint = "taken"
except ValueError as error:
    of_pint = str(error)
of_astropy = (100.0 * astropy.units.Unit("0.195 uV")).to_value("uV")
print("100 steps of 0.195 uV each are 19.5 uV.")
print(f"quantities 0.16.4, as a text: {scaled:g} uV; of neo 0.14.6: {signal:g} uV")
print(f"quantities 0.16.4, one of 1000*ms: {second:g} ms")
print(f"multiplied by hand: {by_hand:g} uV; astropy: {of_astropy:g} uV")
print(f"pint: {of_pint}")
as_seen = scaled == signal == 100.0 and second == 1.0
right = all(abs(one - 19.5) < 1e-9 for one in (by_hand, of_astropy))
if not (as_seen and right and "scaling factor" in of_pint):
    print("This has changed.")
    sys.exit(1)
print("As found: quantities drops the number.")
PYTHON
