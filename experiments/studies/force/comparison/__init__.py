"""Slow against fast learning, in spiking and in rate networks: measured, then judged.

settings         how both networks learn each task
pairs            one pair of networks: trained, tested, and tested with exchanged decoders
grids, claims    numbers of all pairs, and verdicts on what was claimed
experiment       all pairs, of which each leaves two records
figures, page    their pictures, and what a page says of them
"""
