"""Arguments without a unit in their names, and units that only the documentation says."""

import re

#: Units that only the documentation says. A dict: a mapping whose keys have units in their names.
BY_DOCSTRING = {
    "lsm.SpikeTrains.from_lists": {"samples": "ms"},
    "lsm.metrics.loose_balance": {"excitatory": "pA", "inhibitory": "pA"},
    "lsm.metrics.tight_balance": {"excitatory": "pA", "inhibitory": "pA"},
    "lsm.force.train_force": {
        **{"learn": "ms", "teach": "ms", "feedback": "pA", "input_weights": "pA"}
    },
    "lsm.force.Trained.run": {"learn": "ms", "teach": "ms"},
    "tasks.closed_loop.train_network": {"feedback": "pA"},
    "lsm.Reservoir": {"parameters": dict},
    "lsm.Reservoir.random": {"parameters": dict, "ranges": dict},
    "lsm.RandomLiquid": {"parameters": dict},
    "lsm.NeuronModel.complete": {"parameters": dict},
    "lsm.NeuronModel.from_equations": {"parameters": dict, "start": dict},
    "lsm.force.force_reservoir": {"parameters": dict},
    "tasks.ForceSettings": {"neuron": dict},
    "evolution.GenomeSpace": {"ranges": dict},
    "evolution.Recipe": {"parameters": dict, "ranges": dict},
}

#: Floats without a unit: parts and shares, factors, lengths in units of the positions, signals.
WITHOUT = re.findall(
    r"\w+",
    """
    acausal accuracies activation_sparsity activity alpha amplitude array arrays arrivals at
    best beta between box branching causal changes chunk classes coincident confidence
    connection_sparsity connectivity consolidation constants correct correlation crossover
    cutoff decoder degree dense_operations depression distance distance2 distances drift
    drift_step excitatory_fraction exponent input_fraction factor filtered fitnesses footprint_bytes
    forgetting fraction G gain gains gate groups inhibitory_input input input_features input_gain
    inputs integers learning_rate length make max_rate mean_subtraction membrane_updates
    memory_capacity mutation noise nrmse output outputs overlap P p p0 pairs peak perturbation
    positions potentiation probability Q radius raster rate recurrent redraw_configurations
    redraw_positions reference rekey rewire rewiring rows sample_weight samples scaling_factor
    scaling_factors scores sd separation share side signals slope_gain slopes spacing state
    states step synaptic_operations target targets test_size threshold time tolerance trace
    trace_decay unit utilisation values variables velocity wanted weight_cv weight_factor within x
    X y z amplitudes background beyond cues curve delay_steps enough in_degree input_share
    jump_gain confidences longest off operations outcomes probabilities shortest trace_steps trim
    weight_noise stuck_synapses lost_synapses lost_neurons
    """,
)

#: The same, where another function's argument of that name might have a unit.
WITHOUT_HERE = {
    "lsm.ActivityThreshold most",
    "lsm.Reservoir.random excitatory",
    "lsm.SpikeTrains.from_nwb units",  # neurons
    "lsm.conversion.TrainingSettings inhibitory",
    "lsm.conversion.TrainingSettings accuracy",
    "lsm.conversion.train_rates tick",
    "lsm.machines.StateMachine.read counts",
    "lsm.metrics.canonical_correlations first",
    "lsm.metrics.canonical_correlations second",
    "lsm.metrics.canonical_correlations ridge",
    "lsm.plots.panels height",
    "lsm.plots.panels width",
    "lsm.plots.plot_rows up",
    "lsm.plots.plot_spikes neurons",
    "lsm.plots.plot_spikes excitatory",
    "lsm.force.Trained weights",
    "lsm.force.Trained potentials",  # what was recorded, in mV or as a phase
    "lsm.learning.EProp dampening",
    "lsm.learning.EProp feedback",
    "lsm.learning.EProp rate_strength",
    "lsm.learning.LeakyReadout weights",
    "lsm.learning.Targets.error wrong",
    "lsm.learning.Trainer goal",
    "lsm.learning.Trainer validation_fraction",
    "tasks.closed_loop.train_target sampled",
    "readouts.recursive_least_squares weights",
    "readouts.three_factor weights",
    "evolution.Fitness weights",
    "evolution.GenomeSpace.to_unit parameters",  # as `Genome` has them
    "evolution.ParetoResult weights",
    "evolution.nsga2 weights",
}

#: What functions give, as named tuples of arrays, and arguments that only the program itself gives.
RESULTS = {
    "lsm.exchange.NestObjects",
    "lsm.exchange.PyNNObjects",
    "lsm.plasticity.balance.MeanCurrents",
    "lsm.plasticity.ratios.BalanceMeasures",
    "lsm.Decisions",
    "lsm.EarlyReadouts",
    "lsm.EarlyReadouts.sureness",  # states
    "lsm.conversion.ComparedTrials",
    "lsm.conversion.TrainedRates",
    "tasks.what_when.Learned",
    "lsm.metrics.CanonicalCorrelations",
    "lsm.metrics.Currents",
    "lsm.metrics.FadingMemory",
    "lsm.metrics.Peak",
    "lsm.metrics.SpikingRegime",
    "lsm.metrics.TightBalance",
    "lsm.force.Probes",  # numbers of neurons
    "lsm.NeuronModel",  # parameters by `Parameter`
    "lsm.NeuronModel.start",  # what `complete` gives
    "lsm.neurons.Parameter",  # numbers in the unit of the name it stands by; refuses quantities
    "lsm.learning.Adam.move",  # weights in units of their part
    "lsm.learning.GradientDescent.move",
    "lsm.learning.Devices.start",
    "lsm.learning.Devices.write",
    "lsm.learning.LeakyReadout.back",
    "lsm.learning.LeakyReadout.with_weights",
    "lsm.learning.LearningCurve",
    "lsm.learning.Progress",
    "lsm.learning.Rule.gradients",  # a protocol
    "lsm.force.Published",  # its parameters become a reservoir's, which converts them
    "lsm.SpikeCounts.decays",  # a count doesn't decay, a potential not by a step
    "lsm.TimeBins.decays",
    "lsm.MembranePotentials.decays",
    "lsm.SpikeTiming.decays",
    "lsm.states.State.decays",
    "lsm.states.Trace",  # what a state of one's own reads
    "lsm.ModelVariables.decays",
    "evolution.Genome",
}
