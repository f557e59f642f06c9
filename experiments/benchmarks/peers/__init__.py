"""What a sample in a liquid costs here and with other programs, and whether spikes are the same.

The parts ``costs`` and ``peers`` of ``experiments/benchmark.py``. :data:`table.PEERS` lists the
peers, each of which is a small module with ``prepare(work)``: whatever can be done before is done
there, untimed, and it returns the function that is timed. :mod:`cases` has the work, :mod:`worker`
a process for each peer, :mod:`running` takes the times, and :mod:`report` says what came out.
Nothing heavy is imported here: options have the peers' names.

One thread for everybody. A peer is written as a careful user of it would, and takes as many lanes
(a lane is a liquid with a sample) side by side as suit it; times are given for a lane. So of fifty
liquids a peer may take a part, which is in its favour where memory is short.
"""
