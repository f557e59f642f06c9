"""Experiments: thin command lines, one a question; what they share is in `experiments.lab`."""
