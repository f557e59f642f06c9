// A job in the wide form: neurons and synapses once for all lanes.
#pragma once
#include "../samples.h"
#include <memory>

namespace lsm {

// Memory that vector instructions may load from, all zero at first.
template <class T> class Aligned {
    std::unique_ptr<T, void (*)(void *)> memory{nullptr, std::free};

public:
    void assign(std::size_t size) {
        const std::size_t bytes = (std::max<std::size_t>(size, 1) * sizeof(T) + 63) / 64 * 64;
        memory.reset(static_cast<T *>(std::aligned_alloc(64, bytes)));
        if (!memory) fail("not enough memory for " + std::to_string(bytes >> 20) + " MB");
        std::memset(static_cast<void *>(memory.get()), 0, bytes);
    }
    T *data() { return memory.get(); }
    T &operator[](std::size_t k) { return memory.get()[k]; }
    const T &operator[](std::size_t k) const { return memory.get()[k]; }
};

// What is recorded of one liquid in all samples, if anything: its spikes, and for each neuron a weighted
// sum of its variables as they are after an update, before any reset.
struct Traces {
    std::vector<int32_t> variables = load<int32_t>("recorded");
    std::vector<float> weights = load<float>("recorded_weights");  // [variable][neuron]
    std::size_t n = 0, samples = 0;
    float *values = nullptr;  // [step][sample][neuron], in the file that the caller reads
    std::vector<int32_t> spike_step, spike_sample, spike_neuron;

    bool any() const { return !variables.empty(); }
    void prepare(std::size_t n_, const std::vector<int32_t> &sample_steps) {
        n = n_, samples = sample_steps.size();
        const std::size_t steps = *std::max_element(sample_steps.begin(), sample_steps.end());
        values = static_cast<float *>(map_file("recorded", steps * samples * n * sizeof(float)));
    }
    float *at(std::size_t step, std::size_t sample) { return &values[(step * samples + sample) * n]; }
    void save_spikes() const {
        save("spike_step", spike_step);
        save("spike_sample", spike_sample);
        save("spike_neuron", spike_neuron);
    }
};

// Everything of a job that all of its liquids share.
struct WideJob : Samples {
    int64_t n, reservoirs, channels;
    bool dense;  // many lanes hear each channel in each step, at most once, and in the order of channels
    std::size_t state_size;
    std::vector<float> constants, start, edge_weight, input_weight, states;
    std::vector<int32_t> refractory_steps, first_edge, edge_target, edge_delay, edge_kind, input_target, input_delay;
    std::vector<int64_t> input_start;
    Traces recorded;

    WideJob() {
        const std::vector<int64_t> shape = load<int64_t>("wide");
        n = shape[0], reservoirs = shape[1], channels = shape[2];
        state_size = n * reservoirs * rows.size();
        dense = load<int64_t>("dense")[0];
        constants = load<float>("constants");
        start = load<float>("start");
        refractory_steps = load<int32_t>("refractory_steps");
        first_edge = load<int32_t>("first_edge");
        edge_target = load<int32_t>("edge_target");
        edge_weight = load<float>("edge_weight");
        edge_delay = load<int32_t>("edge_delay");
        edge_kind = load<int32_t>("edge_kind");
        input_start = load<int64_t>("input_start");
        input_target = load<int32_t>("input_target");
        input_weight = load<float>("input_weight");
        input_delay = load<int32_t>("input_delay");
        if (recorded.any()) recorded.prepare(n, sample_steps);
        states.assign(std::max<std::size_t>(reading_step.size(), 1) * state_size, 0.0f);
    }
};

}  // namespace lsm
