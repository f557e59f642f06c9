"""Recognise a movement while it goes on
=====================================

Push what has come, ask for a prediction at any time.

Six sensors of a watch, 10 s of badminton, running, standing or walking (BasicMotions, which comes
with aeon: `pip install -e ".[aeon]"`).
"""

import matplotlib.pyplot as plt
import numpy as np

from lsm import LSMClassifier
from tasks import make_task

task = make_task("aeon:BasicMotions", random_state=0)
names = np.array(task.classes)[task.labels]

# A state that fades has a meaning at any time; trained on whole recordings all the same.
model = LSMClassifier(100, state="traces:30,100,300", random_state=0)
model.fit(task.signals[task.training], names[task.training])

predictions = []
with model.stream() as stream:
    for recording in task.signals[task.test]:
        stream.restart()
        predictions.append([])
        for chunk in np.split(recording, 10, axis=1):  # a second at a time
            stream.push(chunk)
            predictions[-1].append(stream.predict())

predictions = np.array(predictions)
right = (predictions == names[task.test, None]).mean(axis=0)
print(f"right after 1 to 10 s: {right}")
print(f"a recording of {names[task.test][0]}: {', '.join(predictions[0])}")

whole = model.predict(task.signals[task.test])
print(f"at the end as predict has it: {np.array_equal(predictions[:, -1], whole)}")

figure, axis = plt.subplots(layout="constrained")
axis.plot(range(1, 11), right, "o-")
axis.set(xlabel="heard of each recording (s)", ylabel="accuracy (chance: 0.25)", ylim=(0, 1.02))
figure.savefig("stream.png")
