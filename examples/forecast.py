"""Forecast a chaotic series
=========================

A liquid that is fed its own predictions goes on by itself: the Mackey-Glass equation, 60 steps
ahead, beside a linear model that is fed in the same way.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LinearRegression

from lsm import LSMSeriesRegressor
from tasks import make_series

x = make_series("MackeyGlass", n_steps=4000, random_state=0).inputs[0]

# One long sample to learn from; unless told otherwise, what is predicted is the next value.
model = LSMSeriesRegressor(200, washout=100, random_state=0).fit([x[:3000]])

# From nine points in the rest: take in 200 values, then go on for 60 with its own predictions.
starts = np.arange(3000, 3900, 100)
truth = np.array([x[start : start + 60] for start in starts])
liquid = model.forecast([x[start - 200 : start] for start in starts], 60)

# Without a liquid: a linear model on the last 20 values, fed with its own predictions as well.
windows = np.lib.stride_tricks.sliding_window_view(x[:3000], 21)
lags = LinearRegression().fit(windows[:, :20], windows[:, 20])
linear = np.array([x[start - 20 : start] for start in starts])
for _ in range(60):
    linear = np.column_stack([linear, lags.predict(linear[:, -20:])])
linear = linear[:, 20:]

print("error / deviation of the series     liquid    linear model")
for steps in (1, 10, 30, 60):
    row = [np.sqrt(np.mean((f - truth)[:, steps - 1] ** 2)) / x.std() for f in (liquid, linear)]
    print(f"{f'after {steps:>2} steps':<35}{row[0]:>7.3f}{row[1]:>13.3f}")

plt.plot(truth[0], "k", label="the series")
plt.plot(liquid[0], label="liquid")
plt.plot(linear[0], label="linear model")
plt.xlabel("steps after the last given value")
plt.legend()
plt.savefig("forecast.png")
