#!/usr/bin/env bash
# MNE 1.13.2: a channel of an EDF file in nV is read as if its numbers were V, a thousand million times too much.
#
# EDF writes a physical dimension with its prefix, such as nV, uV, mV or kV, and MNE has all in V. It knows uV
# and mV, and takes whatever else it finds as V: 100 nV are 100 V, and 100 kV are 100 V. There is no warning,
# and raw._orig_units still says nV. What is standardised comes out the same; amplitudes, thresholds for
# artefacts in V, and channels in several units side by side don't. pyedflib 0.1.42 gives numbers and
# dimension as they are in the file. (read_raw_edf's `units` is for files without a dimension, and refuses
# these: scale raw._data, or read with pyedflib.)
#
# Needs Python 3.11 to 3.13. Fails if this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet mne==1.13.2 pyedflib==0.1.42 numpy==2.3.5
cat > "$work/units.py" <<'PYTHON'
import sys
import warnings
from pathlib import Path

import mne
import numpy as np
import pyedflib

folder = Path(sys.argv[1])
RATE_HZ = 100
signal = 100 * np.sign(np.sin(np.arange(10 * RATE_HZ) / 20))  # 100 and -100 of the unit
V = {"V": 1.0, "mV": 1e-3, "uV": 1e-6, "nV": 1e-9, "kV": 1e3}
path = str(folder / "recording.edf")
ratios, said = {}, {}
for dimension, volts in V.items():
    header = {
        "label": "EEG Fz",
        "dimension": dimension,
        "sample_frequency": RATE_HZ,
        "physical_min": -200.0,
        "physical_max": 200.0,
        "digital_min": -32768,
        "digital_max": 32767,
        "transducer": "",
        "prefilter": "",
    }
    writer = pyedflib.EdfWriter(path, 1, file_type=pyedflib.FILETYPE_EDFPLUS)
    writer.setSignalHeader(0, header)
    writer.writeSamples([signal])
    writer.close()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        raw = mne.io.read_raw_edf(path, preload=True, verbose="WARNING")
    ratios[dimension] = float(np.median(np.abs(raw.get_data()))) / (100 * volts)
    said[dimension] = [str(warning.message) for warning in caught]
    with pyedflib.EdfReader(path) as reader:
        assert reader.getPhysicalDimension(0) == dimension
        assert np.allclose(reader.readSignal(0), signal, atol=0.01)
    print(f"100 {dimension}: {ratios[dimension]:.3g} times what they are; warnings: {said[dimension]}")
expected = {"V": 1, "mV": 1, "uV": 1, "nV": 1e9, "kV": 1e-3}
right = all(np.isclose(ratios[name], value, rtol=0.01) for name, value in expected.items())
right = right and not any(said.values())
print("As described." if right else "This has changed.")
sys.exit(not right)
PYTHON
"$work/venv/bin/python" "$work/units.py" "$work"
