"""What stands behind the command lines.

A package for each: ``evolve``, ``classify``, ``forecast``, ``balance``, ``force``, ``what_when``,
``conversion`` (of ``rate_to_spiking.py``), ``benchmark``, ``sweep`` and ``page`` (of
``report.py``). The modules beside them are what these share: options from files, errors, progress,
records and result files, where work is done, baselines, summaries and verdicts.
"""
