"""Rate networks trained and made spiking: training, the pieces of a run, pictures and report."""
