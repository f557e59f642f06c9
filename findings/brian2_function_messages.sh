#!/bin/sh
# Brian2 2.9.0 and 2.11.0, NumPy target: a function of one's own prints all that it returns, at every call.
#
# A `Function` with units is wrapped, for the NumPy target, in a check of what it returns. The check is
# given its error message as a finished text, with the whole array in it, whether or not anything is wrong.
# NumPy writes out up to 1000 numbers and shortens what is longer: so a step of 1000 neurons takes ten
# times as long as one of 1001 or more, and nothing is said of it. Without a function 1000 are as fast as 1001.
# (`function.implementations.add_implementation("numpy", function.pyfunc)` takes the function as it is.)
#
# Needs Python 3.11 to 3.13. Fails if this changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3} -m venv "$folder/venv"
version=$("$folder/venv/bin/python" -c "import sys; print('2.9.0' if sys.version_info < (3, 12) else '2.11.0')")
"$folder/venv/bin/pip" install --quiet "brian2==$version" numpy==2.3.5
cat > "$folder/times.py" <<'PYTHON'
import sys
import time

import brian2 as b2

b2.prefs.codegen.target = "numpy"
half = b2.Function(
    lambda x: x * 0.5, arg_units=[1], arg_types=["float"], return_unit=1, return_type="float"
)


def seconds(n, statement):
    """Processor time of 300 steps of n neurons."""
    b2.start_scope()
    group = b2.NeuronGroup(n, "x : 1", namespace={"half": half})
    group.run_regularly(statement)
    network = b2.Network(group)
    network.run(0.1 * b2.ms)
    start = time.process_time()
    network.run(30 * b2.ms)
    return time.process_time() - start


def ratio(statement):
    return min(seconds(1000, statement) for _ in range(3)) / min(
        seconds(1001, statement) for _ in range(3)
    )


function, plain = ratio("x = half(x)"), ratio("x = x * 0.5")
print(f"Brian2 {b2.__version__}: 1000 neurons take {function:.0f} times as long as 1001 with a")
print(f"function of one's own, {plain:.1f} times without")
sys.exit(0 if function > 5 and plain < 3 else 1)
PYTHON
"$folder/venv/bin/python" "$folder/times.py"
