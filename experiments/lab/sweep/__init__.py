"""The engine of ``sweep.py``: many trials of an experiment, each a small record.

``specification`` reads what is asked for and ``sampling`` draws points; ``trial`` is one of them
and runs it; ``store`` keeps the records; ``engine`` does what is missing, here or on the workers
that ``cluster`` finds; ``collecting`` makes tables of the records and ``pictures`` figures.
"""
