"""Train rate networks on cognitive tasks, make them spiking by one scaling factor, and test both.

``python experiments/rate_to_spiking.py`` does Go-NoGo, XOR and context-dependent integration with
five networks of 250 units each (Kim, Li & Sejnowski 2019, PNAS 116:22811): rate units under Dale's
law are trained by backpropagation through time, then replaced one for one by leaky neurons whose
weights, but for those of inputs, are theirs over 1/lambda; that is sought on some trials and judged
on others.

``--network FILE.npz --task xor`` takes a network that was trained elsewhere: arrays ``recurrent``
(units, units; rows are targets, inhibitory columns negative), ``input`` (units, channels),
``output`` (1, units) and ``tau_ms`` (units,), of units tau dx/dt = -x + W r + W_in u with r the
logistic function of x; channels are as :mod:`tasks.cognitive` has them.
"""

from experiments.lab.script import main_of

main = main_of(__name__, "experiments.studies.conversion:STUDY")
