"""The wide form of a liquid program: many samples of a liquid side by side.

``wide.h`` plays a job in this form; ``synapses.h`` has spikes on their way, ``readings.h`` liquid
states, ``bits.h`` vector instructions, and ``code`` the update and the reset of a model that Brian2
generates for it.
"""
