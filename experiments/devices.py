"""See what drawn, learned and evolved liquids bear: weights, synapses, neurons, delays disturbed.

``python experiments/devices.py --task Braille`` scores disturbed copies of liquids, stronger and
stronger, read by one readout for all, by one that was trained to take no notice, by one with copies
calibrated, and by a readout each.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.devices:STUDY")
