// What a compiled liquid program does besides Brian2's generated code: it reads its job when it
// starts and plays samples lane by lane. numpy_program.py is the same thing for Brian2's NumPy
// target; job.py says what the files of a job hold.
#pragma once
#include "job.h"
#include "samples.h"
#include "short_term.h"
#include "spikes.h"
#include "timed.h"

namespace lsm {

struct Lane {
    std::size_t sample, last;               // now playing; end of the lane's samples
    std::vector<int64_t> event;             // next input spike for each delay
    int64_t event_end = 0;                  // end of the sample's
    std::size_t reading = 0, read_end = 0;  // next time at which the state is read; end of those
    int32_t start = 0, end = 0;             // global steps: the sample's first one and its last
    bool done = false;
};

// An input spike: the row of its channel's synapses of one delay, and the lane's first neuron.
struct Arrival {
    int32_t row, first;
};

struct Tape : Samples {
    static constexpr int64_t WIDTH = 8;
    static constexpr int32_t WINDOW = 64;  // steps
    // Shape of the job
    int64_t n, reservoirs, lanes_count, gap;
    bool recording, streaming;
    std::size_t lane_size = 0, size = 0, state_size = 0;
    std::vector<int64_t> lane_start, input_start;  // samples are in the order of lanes
    std::vector<int32_t> input_target, input_delay;
    int32_t channels = 0;
    std::vector<real> input_weight;
    std::vector<uint64_t> noise_prefix;
    std::vector<int32_t> edge_target, edge_kind;  // of the synapses, which are compressed rows
    ShortTerm short_term;
    // Liquid states: traces as they were at a neuron's last spike, and the step of that; spike times
    std::vector<double> tally;
    std::vector<int32_t> touched, refractory_steps;
    std::vector<SpikeTimes> times;
    std::vector<float> states;
    std::vector<real> trace;
    std::vector<int32_t> spike_neuron, spike_step;
    // Running
    std::vector<Lane> lanes;
    std::vector<int32_t> lane_of, wake;  // of each lane, the next step at which it has to do anything
    // Input spikes of all lanes up to a step, by step: whether a lane has one now can't be predicted.
    std::vector<Arrival> arrivals[WINDOW];
    int32_t window_end = WINDOW;
    int32_t now = 0;                     // this step
    int64_t playing = 0;                 // lanes
    const int32_t *fired = nullptr;  // those that did in this step, and at the end their number
    std::vector<real *> state_arrays, targets;
    std::vector<real> start;  // of the state variables, one after another
    int32_t *release = nullptr;

    Tape() {
        flush_denormals();
        end_with_input();
        const std::vector<int64_t> shape = load<int64_t>("shape");
        n = shape[0], reservoirs = shape[1], lanes_count = shape[2], gap = shape[3];
        recording = shape[4], streaming = shape[5];
        lane_size = n * reservoirs;
        state_size = lane_size * rows.size();
        lane_start = load<int64_t>("lane_start");
        load_inputs();
        edge_target = load<int32_t>("edge_target");
        edge_kind = load<int32_t>("edge_kind");
        short_term.prepare(lanes_count, edge_kind.size() / lanes_count);
        start = load<real>("start");
    }

    // Rows are filled up to whole WIDTHs, so that short ones cost no misprediction. Adding -0 changes
    // no number.
    void load_inputs() {
        const std::vector<int64_t> starts = load<int64_t>("input_start");
        const std::vector<int32_t> targets_read = load<int32_t>("input_target");
        const std::vector<real> weights = load<real>("input_weight");
        input_delay = load<int32_t>("input_delay");
        channels = (starts.size() - 1) / input_delay.size();
        for (std::size_t row = 0; row + 1 < starts.size(); row++) {
            input_start.push_back(input_target.size());
            for (int64_t k = starts[row]; k < starts[row + 1]; k++) {
                input_target.push_back(targets_read[k]);
                input_weight.push_back(weights[k]);
            }
            while (const std::size_t place = input_target.size() % WIDTH) {
                input_target.push_back(place % lane_size);  // one each: none waits for another
                input_weight.push_back(-real(0));
            }
        }
        input_start.push_back(input_target.size());
    }

    void attach(int32_t *release_, const int32_t *fired_, std::vector<real *> targets_, std::vector<real *> state_arrays_, std::size_t size_) {
        release = release_, fired = fired_, targets = targets_, state_arrays = state_arrays_, size = size_;
        tally.assign(traces * size, 0.0);
        touched.assign(size, 0);
        if (timed) {
            times.resize(size);
            refractory_steps = load<int32_t>("refractory_steps");
        }
        states.assign(std::max<std::size_t>(reading_step.size(), 1) * state_size, 0.0f);
        noise_prefix.assign(size, 0);
        lane_of.assign(size, 0);
        wake.assign(lanes_count, 0);
        playing = lanes_count;
        std::fill(release, release + size, std::numeric_limits<int32_t>::max());  // idle blocks
        for (int64_t l = 0; l < lanes_count; l++) {
            lanes.push_back({std::size_t(lane_start[l]), std::size_t(lane_start[l + 1])});
            lanes.back().event.resize(input_delay.size());
            std::fill_n(lane_of.begin() + l * lane_size, lane_size, l);
            begin(l, 0);
        }
    }

    int32_t local_step(std::size_t l) const { return now - lanes[l].start; }

    void begin(std::size_t l, int32_t step) {
        Lane &lane = lanes[l];
        const std::size_t first = l * lane_size;
        lane.done = lane.sample == lane.last;
        std::fill_n(release + first, lane_size, lane.done ? std::numeric_limits<int32_t>::max() : 0);
        playing -= lane.done;
        if (lane.done) return;  // potentials stay: at rest a neuron may be above its threshold
        for (std::size_t k = 0; k < state_arrays.size(); k++)
            std::copy_n(&start[k * size + first], lane_size, state_arrays[k] + first);
        short_term.begin(l);
        for (int64_t k = 0; k < traces; k++) std::fill_n(&tally[k * size + first], lane_size, 0.0);
        std::fill_n(touched.begin() + first, lane_size, 0);
        if (timed) std::fill_n(times.begin() + first, lane_size, SpikeTimes{});
        lane.start = step;
        lane.end = step + sample_steps[lane.sample] - 1;
        std::fill(lane.event.begin(), lane.event.end(), event_start[lane.sample]);
        lane.event_end = event_end[lane.sample];
        lane.reading = reading_start[lane.sample], lane.read_end = reading_start[lane.sample + 1];
        if (streaming) {
            event_step.clear();
            event_channel.clear();
            lane.end = step - 1;
            while (!listen()) {}
        }
        queue(l);
        if (!sample_key.empty())
            for (std::size_t i = 0; i < lane_size; i++)
                noise_prefix[first + i] = mix(mix(0, sample_key[lane.sample]), noise_key[first + i]);
    }

    // Sort a lane's input spikes that arrive in this window by step: those with the longest delay first,
    // which came first.
    void queue(std::size_t l) {
        LSM_TIME(input);
        Lane &lane = lanes[l];
        const int32_t stop = std::min(window_end, lane.end + 1) - lane.start;
        for (std::size_t d = 0; d < input_delay.size(); d++)
            for (int64_t &event = lane.event[d]; event < lane.event_end && event_step[event] < stop - input_delay[d]; event++)
                arrivals[(lane.start + event_step[event] + input_delay[d]) % WINDOW].push_back(
                    {int32_t(d) * channels + event_channel[event], int32_t(l * lane_size)});
    }

    void deliver() {
        LSM_TIME(input);
        std::vector<Arrival> &arrived = arrivals[now % WINDOW];
        const int32_t *const target = input_target.data();
        const real *const weight = input_weight.data();
        for (const Arrival &arrival : arrived) {
            real *const positive = targets.front() + arrival.first;
            real *const negative = targets.back() + arrival.first;
            const int64_t first = input_start[arrival.row], last = input_start[arrival.row + 1];
            if (positive == negative)
                for (int64_t k = first; k < last; k += WIDTH)
                    for (int64_t j = k; j < k + WIDTH; j++) positive[target[j]] += weight[j];
            else
                for (int64_t k = first; k < last; k++)
                    (weight[k] > 0 ? positive : negative)[target[k]] += weight[k];
        }
        arrived.clear();
    }

    void open_window() {
        window_end += WINDOW;
        for (std::size_t l = 0; l < lanes.size(); l++) queue(l);
    }

    // The spikes of this step.
    void count() {
        LSM_TIME(recording);
        const int32_t *const end = fired + fired[size];
        if (!decaying)
            for (const int32_t *i = fired; traces && i < end; i++) tally[*i] += 1.0;
        else
            for (const int32_t *i = fired; i < end; i++) {
                const int32_t local = local_step(lane_of[*i]);
                for (int64_t k = 0; k < traces; k++) {
                    double &trace = tally[k * size + *i];
                    trace = trace * left(k, local - touched[*i]) + 1.0;
                }
                touched[*i] = local;
            }
        for (const int32_t *i = fired; timed && i < end; i++)
            times[*i].fire(local_step(lane_of[*i]), refractory_steps[*i] - 1);
        if (!recording) return;
        for (const int32_t *i = fired; i < end; i++) {
            spike_neuron.push_back(*i);
            spike_step.push_back(local_step(lane_of[*i]));
        }
    }

    // The liquid state of a lane at the end of a step. Reading changes nothing.
    void read(std::size_t l, int32_t local, float *out) const {
        const std::size_t first = l * lane_size;
        for (int64_t r = 0; r < reservoirs; r++) {
            const std::size_t begin = first + r * n, end = begin + n;
            for (const Row row : rows)
                for (std::size_t i = begin; i < end; i++)
                    if (row.kind == TRACE) {
                        const double counted = tally[row.number * size + i];
                        *out++ = decaying && counted ? counted * left(row.number, local - touched[i]) : counted;
                    } else if (row.kind == VARIABLE) {
                        *out++ = state_arrays[row.number][i];
                    } else {
                        *out++ = measure(row, times[i], local, refractory_steps[i] - 1);
                    }
        }
    }

    void read_what_is_due(std::size_t l, int32_t local) {
        LSM_TIME(recording);
        Lane &lane = lanes[l];
        for (; lane.reading < lane.read_end && reading_step[lane.reading] == local + 1; lane.reading++) {
            const std::size_t row = lane.reading - reading_start[lane.sample];
            read(l, local, &states[(reading_row[lane.sample] + row) * state_size]);
        }
    }

    void finish(std::size_t l, int32_t step) {
        const real *const potential = state_arrays[0] + l * lane_size;
        for (std::size_t i = 0; i < lane_size && !recording; i++)
            if (!std::isfinite(potential[i]))
                fail("the potential of neuron " + std::to_string(i % n) + " is no number at the end of a sample (record() says since when)");
        // Nothing fires while spikes in flight run out.
        std::fill_n(release + l * lane_size, lane_size, int32_t(step + 1 + gap));
    }

    // The end of a step: readings, the end of the sample.
    void play(std::size_t l, int32_t step) {
        Lane &lane = lanes[l];
        const int32_t local = step - lane.start;
        if (step <= lane.end) {
            if (recording)
                for (const real *array : state_arrays) trace.insert(trace.end(), array, array + n);
            read_what_is_due(l, local);
        }
        if (step == lane.end && streaming) tell(l, local);
        const bool more = step == lane.end && streaming && listen();
        if (more) queue(l);
        if (step == lane.end && !more) finish(l, step);
        if (step == lane.end + gap && !more) {
            if (!streaming) lane.sample++;
            begin(l, step + 1);
        }
        wake[l] = due(l, step + 1);
    }

    // The first step from this one on at which a lane has to do anything.
    int32_t due(std::size_t l, int32_t step) const {
        const Lane &lane = lanes[l];
        if (lane.done) return std::numeric_limits<int32_t>::max();
        if (recording) return step;
        if (step > lane.end) return lane.end + gap;
        int32_t next = lane.end;
        if (lane.reading < lane.read_end)
            next = std::min(next, lane.start + reading_step[lane.reading] - 1);
        return next;
    }

    [[noreturn]] void end() const {
#if defined(LSM_TIMED)
        const double unit = CLOCKS_PER_SEC;  // in which Brian2 divides
        save_times(now + 1, {{"update", brian::liquid_update_codeobject_profiling_info * unit},
                             {"threshold", brian::liquid_spike_thresholder_codeobject_profiling_info * unit},
                             {"queue", brian::recurrent_pre_push_spikes_profiling_info * unit},
                             {"synapses", brian::recurrent_pre_codeobject_profiling_info * unit},
                             {"reset", brian::liquid_spike_resetter_codeobject_profiling_info * unit}});
#endif
        save("states", states);
        if (recording) {
            save("trace", trace);
            save("spike_neuron", spike_neuron);
            save("spike_step", spike_step);
        }
        std::_Exit(0);  // nobody reads what Brian2 writes at the end of a program
    }

    // The next chunk of a streamed sample from standard input: numbers of steps and of spikes, then
    // the steps and the channels of the spikes. False if the sample is over: no steps.
    bool listen() {
        int64_t header[2];
        hear(header, 2);
        if (!header[0]) return false;
        Lane &lane = lanes[0];
        // What has arrived with all delays can go.
        const int64_t passed = *std::min_element(lane.event.begin(), lane.event.end());
        event_step.erase(event_step.begin(), event_step.begin() + passed);
        event_channel.erase(event_channel.begin(), event_channel.begin() + passed);
        for (int64_t &event : lane.event) event -= passed;
        const std::size_t kept = event_step.size();
        event_step.resize(kept + header[1]);
        event_channel.resize(kept + header[1]);
        hear(event_step.data() + kept, header[1]);
        hear(event_channel.data() + kept, header[1]);
        for (std::size_t k = kept; k < event_step.size(); k++) event_step[k] += lane.end + 1 - lane.start;
        lane.event_end = event_step.size();
        lane.end += header[0];
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

void run_if_wide();  // wide/wide.cpp

inline Tape &tape() {
    static Tape the_tape;
    return the_tape;
}

}  // namespace lsm

// The functions that Brian2's generated code calls, by the names in network.py.

// Called at the end of each step. Returns the next step.
inline int32_t lsm_advance(int32_t step) {
    lsm::Tape &t = lsm::tape();
    t.count();
    t.deliver();
    for (std::size_t l = 0; l < t.lanes.size(); l++)
        if (t.wake[l] <= step) t.play(l, step);
    if (!t.playing) t.end();
    if (step + 1 == t.window_end) t.open_window();
    return t.now = step + 1;
}

// Called for each spike, which is counted at the end of the step: here, among stores to all kinds of
// arrays, nothing would stay in registers.
inline int32_t lsm_tally_spike(int32_t) { return 1; }

inline float lsm_noise_at(int32_t i) {
    const lsm::Tape &t = lsm::tape();
    return lsm::noise(lsm::mix(t.noise_prefix[i], uint64_t(t.local_step(t.lane_of[i]))));
}

inline lsm::real lsm_efficacy(int32_t edge) {
    lsm::Tape &t = lsm::tape();
    return t.short_term.efficacy(edge, t.edge_kind[edge], t.local_step(t.short_term.lane_of(edge)));
}
inline int32_t lsm_edge_target(int32_t k) { return lsm::tape().edge_target[k]; }
