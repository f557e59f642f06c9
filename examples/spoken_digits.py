"""Spoken digits of speakers never heard in training
=================================================

Classify spoken digits, and leave each speaker out in turn.

The recordings (FSDD, 16 MB) are read from the folder that the environment variable LSM_DATA names,
and downloaded into it the first time, which needs `pip install -e ".[download]"`.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import RidgeClassifierCV
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from lsm import LSMClassifier
from lsm.encoders import AudioFrontEnd, IntegrateAndFire
from tasks import make_task

task = make_task("FSDD", takes=8, download=True)
print(task)

# Waveforms -> mel bands of the word, without the silence around it -> spikes -> 300 neurons.
front_end = AudioFrontEnd(rate_Hz=8000, trim=0.25)
encoder = IntegrateAndFire(rate_Hz=50, step_ms=front_end.step_ms, silence_ms=40)
model = make_pipeline(front_end, LSMClassifier(300, encoder=encoder, random_state=0))
liquid = cross_val_score(model, task.signals, task.labels, cv=task.folds("group"))

# Without a liquid: how many spikes there are on each channel.
ridge = RidgeClassifierCV(np.logspace(-3, 6, 10))
counts = cross_val_score(ridge, task.spikes.counts(), task.labels, cv=task.folds("group"))

print("\nspeaker left out    liquid    spike counts")
for speaker, *accuracy in zip(np.unique(task.groups), liquid, counts, strict=True):
    print(f"{speaker:<20}{accuracy[0]:.1%}     {accuracy[1]:.1%}")
print(f"{'mean':<20}{liquid.mean():.1%}     {counts.mean():.1%}")

figure, axis = plt.subplots(layout="constrained")
places = np.arange(len(liquid))
axis.bar(places - 0.2, liquid, 0.4, label="liquid")
axis.bar(places + 0.2, counts, 0.4, label="spike counts")
axis.set_xticks(places, np.unique(task.groups))
axis.set(xlabel="speaker left out", ylabel="accuracy (chance: 0.1)", ylim=(0, 1))
axis.legend(loc="lower right")
figure.savefig("spoken_digits.png")
