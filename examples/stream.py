"""Recognise a movement while it goes on: push what has come, ask at any time.

Six sensors of a watch, 10 s of badminton, running, standing or walking (BasicMotions, which comes
with aeon: `pip install -e ".[aeon]"`).
"""

import numpy as np

from lsm import LSMClassifier
from tasks import make_task

task = make_task("aeon:BasicMotions", random_state=0)
names = np.array(task.classes)[task.labels]

# A state that fades has a meaning at any time; trained on whole recordings all the same.
model = LSMClassifier(100, state="traces:30,100,300", random_state=0)
model.fit(task.signals[task.training], names[task.training])

said = []
with model.stream() as live:
    for recording in task.signals[task.test]:
        live.restart()
        said.append([])
        for chunk in np.split(recording, 10, axis=1):  # a second at a time
            live.push(chunk)
            said[-1].append(live.predict())

said = np.array(said)
print(f"right after 1 to 10 s: {(said == names[task.test, None]).mean(axis=0)}")
print(f"a recording of {names[task.test][0]}: {', '.join(said[0])}")

whole = model.predict(task.signals[task.test])
print(f"at the end as predict has it: {np.array_equal(said[:, -1], whole)}")
