"""Put published ideas about liquids to small tests.

``python experiments/ideas.py --idea legendre`` wires the Legendre memory into leaky neurons and
sets it beside delay lines and drawn liquids, as ``forecast`` does on series; ``complexity`` gives a
readout the Lempel-Ziv complexity of spike trains, and ``inhibition`` lets inhibitory synapses learn
to suppress what they predict.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.ideas:STUDY")
