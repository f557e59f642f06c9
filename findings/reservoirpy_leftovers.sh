#!/usr/bin/env bash
# reservoirpy 0.4.2: every process that imports it leaves a folder in the temporary folder.
#
# `import reservoirpy` makes reservoirpy-temp-UUID there, and a normal end of Python doesn't remove it:
# a sweep of 10,000 trials in processes of their own leaves 10,000 folders. Nothing is said of it. Its
# name is new each time, and tells nothing of whether its process still lives.
# (Import it with Python's tempfile.tempdir set to a folder of one's own, and remove that.)
#
# Needs Python 3.11 to 3.13. Fails if this changes.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet reservoirpy==0.4.2
mkdir "$scratch/temporary"
for _ in 1 2 3; do
    TMPDIR="$scratch/temporary" "$scratch/venv/bin/python" -c 'import reservoirpy'
done
left=$(ls "$scratch/temporary" | grep -c '^reservoirpy-temp-' || true)
echo "3 processes imported reservoirpy 0.4.2 and ended; folders left: $left"
[ "$left" -eq 3 ]
