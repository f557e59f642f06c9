"""Wire state machines into spiking neurons, and walk on them.

``python experiments/attractors.py`` draws 50 machines of 8 states and 4 inputs, makes each the
wiring of 512 spiking neurons and walks 100 steps on it; ``--states 8,16,24 --neurons 256,512``
looks for the largest, ``--noise 0,.1,.2`` disturbs the weights, ``--phasic`` holds states without
spikes, and ``--table FILE.csv`` takes a machine of your own.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.attractors:STUDY")
