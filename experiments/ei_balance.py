"""Sweep the E/I ratio of liquids through balance at one firing rate, and judge what is claimed.

``python experiments/ei_balance.py --out results/ei_balance`` measures balance, capacities, ranks,
accuracy on FSDD and TXOR, and robustness at ratios from a third to three, with 20 seeds, and ends
with a verdict on each claim.

Of a seed all ratios share neurons, wiring, input weights, samples and what spoils them, so that
differences are paired. They differ in inhibition, scaled in each neuron until -mean(I_I) /
mean(I_E), external input included, is what is asked for, and in thresholds, which bring each neuron
to 10 Hz: with equal rates excitation is equal too, and what is compared is its balance alone. Each
kind of input has liquids tuned on it. Ratio and rate are measured anew on samples that didn't tune;
where the mean rate is more than 10 % off, as it gets where thresholds have come down to rest under
strong inhibition, a point isn't compared. Intervals say what other liquids, recordings and
templates would give, for this kind of liquid.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.balance:STUDY")
