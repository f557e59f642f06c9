// What a compiled liquid program does besides Brian2's generated code: it reads its job when it
// starts and plays samples lane by lane. numpy_program.py is the same thing for Brian2's NumPy
// target; job.py says what the files of a job hold.
#pragma once
#include "job.h"
#include "spikes.h"

namespace lsm {

struct Lane {
    std::size_t sample, last;     // now playing; end of the lane's samples
    std::size_t event, reading;   // next input spike; next time at which the state is read
    int32_t start;                // global step at which the sample began
    bool done;
};

struct Tape {
    // Shape of the job
    int64_t n, reservoirs, lanes_count, gap, traces;
    bool decaying, potentials, restarts, recording, streaming;
    std::size_t lane_size = 0, size = 0, state_size = 0;
    // Samples in lane order, their input spikes, when they are read and where that goes
    std::vector<int32_t> sample_steps, event_step, event_channel, reading_step;
    std::vector<int64_t> lane_start, event_start, input_start, reading_start, reading_row;
    std::vector<int32_t> input_target;
    std::vector<float> input_weight;
    std::vector<uint64_t> sample_key, noise_key, noise_prefix;
    // Synapses, as compressed rows; with short-term plasticity their kind and how they recovered
    std::vector<int32_t> edge_target, edge_kind, edge_touched;
    std::vector<double> utilisation, recovery_powers, edge_use, edge_resource;
    // Liquid states: traces as they were at a neuron's last spike, and the step of that
    std::vector<double> decay_powers, tally;
    std::vector<int32_t> touched;
    std::vector<float> states, trace;
    std::vector<int32_t> spike_neuron, spike_step;
    // Running
    std::vector<Lane> lanes;
    std::vector<int32_t> lane_of, local_step;
    std::vector<float *> state_arrays, targets;
    std::vector<float> start;  // of the state variables, one after another
    int32_t *release = nullptr;

    Tape() {
        flush_denormals();
        const std::vector<int64_t> shape = load<int64_t>("shape");
        n = shape[0], reservoirs = shape[1], lanes_count = shape[2], gap = shape[3];
        traces = shape[4], decaying = shape[5], potentials = shape[6], restarts = shape[7];
        recording = shape[8], streaming = shape[9];
        lane_size = n * reservoirs;
        state_size = lane_size * (traces + potentials);
        sample_steps = load<int32_t>("sample_steps");
        lane_start = load<int64_t>("lane_start");
        event_start = load<int64_t>("event_start");
        event_step = load<int32_t>("event_step");
        event_channel = load<int32_t>("event_channel");
        input_start = load<int64_t>("input_start");
        input_target = load<int32_t>("input_target");
        input_weight = load<float>("input_weight");
        edge_target = load<int32_t>("edge_target");
        edge_kind = load<int32_t>("edge_kind");
        utilisation = load<double>("utilisation");
        recovery_powers = load<double>("recovery_powers");
        start = load<float>("start");
        reading_step = load<int32_t>("reading_step");
        reading_start = load<int64_t>("reading_start");
        reading_row = load<int64_t>("reading_row");
        decay_powers = load<double>("decay_powers");
        sample_key = load<uint64_t>("sample_key");
        noise_key = load<uint64_t>("noise_key");
    }

    void attach(int32_t *release_, std::vector<float *> targets_, std::vector<float *> state_arrays_, std::size_t size_) {
        release = release_, targets = targets_, state_arrays = state_arrays_, size = size_;
        edge_touched.assign(edge_kind.size(), -1);
        edge_use.assign(edge_kind.size(), 0.0);
        edge_resource.assign(edge_kind.size(), 0.0);
        tally.assign(traces * size, 0.0);
        touched.assign(size, 0);
        states.assign(std::max<std::size_t>(reading_step.size(), 1) * state_size, 0.0f);
        noise_prefix.assign(size, 0);
        lane_of.assign(size, 0);
        local_step.assign(lanes_count, 0);
        std::fill(release, release + size, std::numeric_limits<int32_t>::max());  // idle blocks
        for (int64_t l = 0; l < lanes_count; l++) {
            lanes.push_back({std::size_t(lane_start[l]), std::size_t(lane_start[l + 1]), 0, 0, 0, false});
            std::fill_n(lane_of.begin() + l * lane_size, lane_size, l);
            begin(l, 0);
        }
    }

    void begin(std::size_t l, int32_t step) {
        Lane &lane = lanes[l];
        const std::size_t first = l * lane_size;
        lane.done = lane.sample == lane.last;
        std::fill_n(release + first, lane_size, lane.done ? std::numeric_limits<int32_t>::max() : 0);
        if (lane.done) return;  // potentials stay: at rest a neuron may be above its threshold
        for (std::size_t k = 0; k < state_arrays.size(); k++)
            std::copy_n(&start[k * size + first], lane_size, state_arrays[k] + first);
        const std::size_t edges = edge_kind.size() / lanes_count;
        std::fill_n(edge_touched.begin() + l * edges, edges, -1);
        for (int64_t k = 0; k < traces; k++) std::fill_n(&tally[k * size + first], lane_size, 0.0);
        std::fill_n(touched.begin() + first, lane_size, 0);
        lane.start = step;
        lane.event = event_start[lane.sample];
        lane.reading = reading_start[lane.sample];
        local_step[l] = 0;
        if (streaming) {
            sample_steps[0] = 0;
            while (!listen()) {}
        }
        if (!sample_key.empty())
            for (std::size_t i = 0; i < lane_size; i++)
                noise_prefix[first + i] = mix(mix(0, sample_key[lane.sample]), noise_key[first + i]);
    }

    void deliver(std::size_t l, int32_t local) {
        Lane &lane = lanes[l];
        const std::size_t stop = event_start[lane.sample + 1];
        float *const positive = targets.front() + l * lane_size;
        float *const negative = targets.back() + l * lane_size;
        for (; lane.event < stop && event_step[lane.event] == local; lane.event++) {
            const int64_t channel = event_channel[lane.event];
            for (int64_t k = input_start[channel]; k < input_start[channel + 1]; k++)
                (input_weight[k] > 0 ? positive : negative)[input_target[k]] += input_weight[k];
        }
    }

    // What is left of trace k after some steps: 256 powers are at hand, others are products.
    double left(int64_t k, uint32_t steps) const { return power(&decay_powers[k * (256 + 23)], steps); }

    static double power(const double *powers, uint32_t steps) {
        double product = powers[steps & 255];
        const double *power = powers + 256;
        for (steps >>= 8; steps; steps >>= 1, power++)
            if (steps & 1) product *= *power;
        return product;
    }

    void count(int32_t i, int32_t local) {
        if (!decaying) {
            if (traces) tally[i] += 1.0;
            return;
        }
        for (int64_t k = 0; k < traces; k++) {
            double &trace = tally[k * size + i];
            trace = trace * left(k, local - touched[i]) + 1.0;
        }
        touched[i] = local;
    }

    // Share of a synapse's weight that a spike has, where spikes before it wear it out and prepare
    // it: Markram, Wang & Tsodyks 1998.
    float efficacy(int32_t edge) {
        const int32_t local = local_step[edge / (edge_kind.size() / lanes_count)], kind = edge_kind[edge];
        const double U = utilisation[kind];
        double &use = edge_use[edge], &resource = edge_resource[edge];
        if (edge_touched[edge] < 0) {
            use = U, resource = 1.0;
        } else {
            const uint32_t steps = local - edge_touched[edge];
            const double *const powers = &recovery_powers[2 * kind * (256 + 23)];
            resource = 1.0 + (resource - resource * use - 1.0) * power(powers, steps);
            use = U + use * (1.0 - U) * power(powers + 256 + 23, steps);
        }
        edge_touched[edge] = local;
        return float(use * resource);
    }

    // The liquid state of a lane at the end of a step. Reading changes nothing, but for a restart.
    void read(std::size_t l, int32_t local, float *out) {
        const std::size_t first = l * lane_size;
        for (int64_t r = 0; r < reservoirs; r++) {
            const std::size_t begin = first + r * n, end = begin + n;
            for (int64_t k = 0; k < traces; k++)
                for (std::size_t i = begin; i < end; i++) {
                    const double counted = tally[k * size + i];
                    *out++ = decaying && counted ? counted * left(k, local - touched[i]) : counted;
                }
            if (potentials) out = std::copy_n(state_arrays[0] + begin, n, out);
        }
        if (restarts)
            for (int64_t k = 0; k < traces; k++) std::fill_n(&tally[k * size + first], lane_size, 0.0);
    }

    void read_what_is_due(std::size_t l, int32_t local) {
        Lane &lane = lanes[l];
        const std::size_t first = reading_start[lane.sample], last = reading_start[lane.sample + 1];
        for (; lane.reading < last && reading_step[lane.reading] == local + 1; lane.reading++)
            read(l, local, &states[(reading_row[lane.sample] + lane.reading - first) * state_size]);
    }

    void finish(std::size_t l, int32_t step) {
        const float *const potential = state_arrays[0] + l * lane_size;
        for (std::size_t i = 0; i < lane_size && !recording; i++)
            if (!std::isfinite(potential[i]))
                fail("the potential of neuron " + std::to_string(i % n) + " is no number at the end of a sample (record() says since when)");
        // Nothing fires while spikes in flight run out.
        std::fill_n(release + l * lane_size, lane_size, int32_t(step + 1 + gap));
    }

    // The next chunk of a streamed sample from standard input: numbers of steps and of spikes, then
    // the steps and the channels of the spikes. False if the sample is over: no steps.
    bool listen() {
        int64_t header[2];
        hear(header, 2);
        if (!header[0]) return false;
        event_step.resize(header[1]);
        event_channel.resize(header[1]);
        hear(event_step.data(), header[1]);
        hear(event_channel.data(), header[1]);
        for (int32_t &step : event_step) step += sample_steps[0];
        event_start[1] = header[1];
        lanes[0].event = 0;
        sample_steps[0] += header[0];
        return true;
    }

    template <class T> static void hear(T *values, std::size_t size) {
        if (std::fread(values, sizeof(T), size, stdin) != size) std::_Exit(0);  // nobody is there
    }

    void tell(std::size_t l, int32_t local) {
        read(l, local, states.data());
        std::fwrite(states.data(), sizeof(float), state_size, stdout);
        std::fflush(stdout);
    }
};

inline Tape &tape() {
    static Tape the_tape;
    return the_tape;
}

}  // namespace lsm

// The functions that Brian2's generated code calls, by the names in network.py.

// Called at the end of each step: input spikes, ends of samples. Returns the next step.
inline int32_t lsm_advance(int32_t step) {
    lsm::Tape &t = lsm::tape();
    bool all_done = true;
    for (std::size_t l = 0; l < t.lanes.size(); l++) {
        lsm::Lane &lane = t.lanes[l];
        if (lane.done) continue;
        const int32_t local = step - lane.start, steps = t.sample_steps[lane.sample];
        if (local < steps) {
            t.deliver(l, local);
            if (t.recording)
                for (const float *array : t.state_arrays)
                    t.trace.insert(t.trace.end(), array, array + t.n);
        }
        if (local < steps) t.read_what_is_due(l, local);
        if (local == steps - 1) {
            if (t.streaming) t.tell(l, local);
            if (t.streaming && t.listen()) {
                t.local_step[l] = local + 1;
                return step + 1;
            }
            t.finish(l, step);
        }
        if (local == steps - 1 + t.gap) {
            if (!t.streaming) lane.sample++;
            t.begin(l, step + 1);
        } else {
            t.local_step[l] = local + 1;
        }
        all_done = all_done && lane.done;
    }
    if (all_done) {
        lsm::save("states", t.states);
        if (t.recording) {
            lsm::save("trace", t.trace);
            lsm::save("spike_neuron", t.spike_neuron);
            lsm::save("spike_step", t.spike_step);
        }
        std::_Exit(0);  // nobody reads what Brian2 writes at the end of a program
    }
    return step + 1;
}

// Called for each spike.
inline int32_t lsm_tally_spike(int32_t i) {
    lsm::Tape &t = lsm::tape();
    const int32_t local = t.local_step[t.lane_of[i]];
    t.count(i, local);
    if (t.recording) {
        t.spike_neuron.push_back(i);
        t.spike_step.push_back(local);
    }
    return 1;
}

inline float lsm_noise_at(int32_t i) {
    const lsm::Tape &t = lsm::tape();
    return lsm::noise(lsm::mix(t.noise_prefix[i], uint64_t(t.local_step[t.lane_of[i]])));
}

inline float lsm_efficacy(int32_t edge) { return lsm::tape().efficacy(edge); }
inline int32_t lsm_edge_target(int32_t k) { return lsm::tape().edge_target[k]; }
