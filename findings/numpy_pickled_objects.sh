#!/usr/bin/env bash
# NumPy 2.3.5: what the "Fortran order" in an array's pickle means depends on what the array holds.
#
# An array's pickle (protocol 4 or lower, so also an NPY file of objects, or __reduce__ by itself) has
# its shape, its type, whether it is in Fortran order, and its content. Of numbers the content is bytes
# in the order that is said. Of objects it is a list that is always in C order, while the flag is true
# for an array in Fortran order all the same. A reader that believes the flag puts objects into the
# wrong places of a matrix, without an error; NumPy's own reads both.
#
# Fails (exit 1) where this has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet "numpy==2.3.5"

"$work/venv/bin/python" - <<'PYTHON'
import pickle
import sys

import numpy as np

numbers = np.asfortranarray([[0, 1, 2], [3, 4, 5]], dtype=np.uint8)
objects = np.asfortranarray(numbers.astype(object))
state = {}
for name, array in (("numbers", numbers), ("objects", objects)):
    _, shape, _, fortran, content = array.__reduce__()[2]
    state[name] = (shape, fortran, list(content))
    print(f"{name} [[0, 1, 2], [3, 4, 5]]: shape {shape}, Fortran order {fortran}, {list(content)}")
    assert np.array_equal(pickle.loads(pickle.dumps(array, 4)), array)
if state != {
    "numbers": ((2, 3), True, [0, 3, 1, 4, 2, 5]),
    "objects": ((2, 3), True, [0, 1, 2, 3, 4, 5]),
}:
    print("This has changed.")
    sys.exit(1)
print("As found: the content of the second is in C order, whatever is said.")
PYTHON
