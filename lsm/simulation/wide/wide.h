// The wide form of a liquid program: LANES samples of the same liquids side by side, innermost. A
// neuron's constants and synapses are read once for all of its lanes, and a step of its lanes is one
// loop, which compilers turn into vector instructions. tape.h is the other form, with neurons
// innermost; both give the same bits.
#pragma once
#include "dense_inputs.h"
#include "place.h"
#include "readings.h"
#include "synapses.h"

namespace lsm {

// Some liquids of a job, through all of its samples.
template <class Model, int LANES> class Wide : Layout<Model, LANES> {
    using Bits = lsm::Bits<LANES>;
    using Layout<Model, LANES>::VARIABLES, Layout<Model, LANES>::NEXT, Layout<Model, LANES>::target_place;
    static constexpr int32_t WINDOW = 64;  // steps
    static constexpr int WIDTH = 8;
    static constexpr int32_t NEVER = std::numeric_limits<int32_t>::max();

    struct Lane {
        std::size_t sample = 0, reading = 0, read_end = 0;
        std::vector<int64_t> event;  // the next input spike for each delay
        int64_t event_end = 0;
        int32_t start = 0, end = 0;
        bool done = true;
    };
    struct Spike {
        int32_t neuron;
        Bits lanes;
    };
    struct Arrival {
        int32_t row, lane;
    };
    WideJob &job;
    const std::size_t first, size;  // neurons of the job
    Aligned<float> state;           // [neuron][variable][lane]
    Aligned<int32_t> release;       // [neuron][lane]
    std::vector<int32_t> latest;    // of a neuron's lanes
    SpikesOnTheirWay<Model, LANES> spikes;
    std::vector<Spike> fired;  // in this step, if that is asked for later in it
    // Input
    std::vector<int64_t> input_start;
    std::vector<Edge> inputs;
    std::vector<Arrival> arrivals[WINDOW];
    DenseInputs<Model, LANES> dense;
    int32_t window_end = WINDOW;
    Readings<LANES> readings;
    // Running
    Lane lanes[LANES];
    Aligned<int32_t> local;
    Aligned<float> recorded;  // [neuron][lane], of this step
    Aligned<uint64_t> noise_prefix;
    std::size_t next_sample = 0;
    int playing = 0;
    Bits active = 0;
    int32_t now = 0, next_wake = 0;

public:
    Wide(WideJob &job_, std::size_t first_reservoir, std::size_t last_reservoir)
        : job(job_), first(first_reservoir * job_.n), size((last_reservoir - first_reservoir) * job_.n), readings(job_, first, size) {
        state.assign(size * NEXT);
        release.assign(size * LANES);
        latest.assign(size, 0);
        local.assign(LANES);
        if (job.recorded.any()) recorded.assign(size * LANES);
        if (!job.sample_key.empty()) noise_prefix.assign(size * LANES);
        spikes.load(job, first, size);
        load_inputs();
    }

    // Plays all samples; returns how many steps that took.
    int32_t run() {
        for (int l = 0; l < LANES; l++) begin(l, 0);
        while (playing) {
            update();
            if (job.recorded.any()) record();
            spikes.deliver(state.data(), local.data(), now);
            if (!Model::RESETS_AT_ONCE)
                for (const Spike &spike : fired) reset(spike.neuron, spike.lanes);
            deliver_input();
            if (next_wake <= now) play();
            for (int l = 0; l < LANES; l++) local[l]++;
            now++;
            if (now == window_end) open_window();
        }
        return now;
    }

private:
    Place place(std::size_t i, char *flags, const int32_t *here) {
        return {&state[i * NEXT], &job.constants[(first + i) * Model::CONSTANTS], &release[i * LANES], flags, here,
                &noise_prefix[i * LANES], local.data(), job.refractory_steps[first + i], now};
    }

    // Of these liquids: the synapses of each delay, and of these each channel's, as the job has them. Rows
    // are filled up to whole WIDTHs, as in tape.h: adding -0 changes no number.
    void load_inputs() {
        input_start.push_back(0);
        for (std::size_t row = 0; row + 1 < job.input_start.size(); row++) {
            for (int64_t k = job.input_start[row]; k < job.input_start[row + 1]; k++) {
                const std::size_t target = job.input_target[k] - first;  // wraps where it lies before
                if (target < size) inputs.push_back({target_place(target, job.input_weight[k]), job.input_weight[k]});
            }
            while (const std::size_t more = inputs.size() % WIDTH)
                inputs.push_back({target_place(more % size, 1.0f), -0.0f});
            input_start.push_back(inputs.size());
        }
        for (Lane &lane : lanes) lane.event.assign(job.input_delay.size(), 0);
        dense.load(job, size, inputs, input_start);
    }

    // Begin the next sample on a lane, or rest where none is left.
    void begin(int l, int32_t step) {
        Lane &lane = lanes[l];
        const Bits bit = Bits(1) << l;
        playing -= !lane.done;
        lane.done = next_sample == job.sample_steps.size();
        playing += !lane.done;
        active = lane.done ? active & ~bit : active | bit;
        spikes.begin(l);
        dense.begin(l);
        if (lane.done) return;
        lane.sample = next_sample++;
        lane.start = step, lane.end = step + job.sample_steps[lane.sample] - 1;
        std::fill(lane.event.begin(), lane.event.end(), job.event_start[lane.sample]);
        lane.event_end = job.event_end[lane.sample];
        lane.reading = job.reading_start[lane.sample], lane.read_end = job.reading_start[lane.sample + 1];
        local[l] = 0;
        const std::size_t neurons = job.n * job.reservoirs;
        for (std::size_t i = 0; i < size; i++) {
            for (int v = 0; v < VARIABLES; v++)
                state[i * NEXT + v * LANES + l] = job.start[v * neurons + first + i];
            release[i * LANES + l] = 0;
            if (!job.sample_key.empty())
                noise_prefix[i * LANES + l] = mix(mix(0, job.sample_key[lane.sample]), job.noise_key[first + i]);
        }
        readings.begin(l);
        queue(l);
        next_wake = std::min(next_wake, due(lane));
    }

    // Sort a lane's input spikes that arrive in this window by step: those with the longest delay first,
    // which came first.
    void queue(int l) {
        if (dense.used()) return;
        Lane &lane = lanes[l];
        const int32_t stop = std::min(window_end, lane.end + 1) - lane.start;
        for (std::size_t d = 0; d < job.input_delay.size(); d++) {
            const int32_t delay = job.input_delay[d], channels = job.channels;
            int64_t &event = lane.event[d];
            for (; event < lane.event_end && job.event_step[event] < stop - delay; event++)
                arrivals[(lane.start + job.event_step[event] + delay) % WINDOW].push_back({int32_t(d) * channels + job.event_channel[event], l});
        }
    }

    void open_window() {
        window_end += WINDOW;
        for (int l = 0; l < LANES; l++)
            if (!lanes[l].done) queue(l);
    }

    // Update, threshold and spikes of all neurons. First some of them are updated, then those that have
    // fired are reset: whether a neuron has can't be predicted, how many have matters little.
    void update() {
        LSM_TIME(update);
        static constexpr std::size_t BLOCK = 64;
        alignas(64) char flags[LANES];
        std::size_t numbers[BLOCK];
        Bits lanes_of[BLOCK];
        fired.clear();
        Bits *const kept = spikes.row(now);
        const std::size_t once_more = spikes.once_more();
        for (std::size_t begin = 0; begin < size; begin += BLOCK) {
            std::size_t count = 0;
            for (std::size_t i = begin; i < std::min(begin + BLOCK, size); i++) {
                const Place there = place(i, flags, nullptr);
                if (latest[i] > now)
                    Model::Update::template run<LANES, true>(there);
                else
                    Model::Update::template run<LANES, false>(there);
                const Bits bits = bits_of<LANES>(flags) & active;
                if (kept) kept[i] = kept[i + once_more] = bits;
                if (job.recorded.any()) record(i, bits);
                numbers[count] = i, lanes_of[count] = bits;
                count += bits != 0;
            }
            for (std::size_t k = 0; k < count; k++) {
                const std::size_t i = numbers[k];
                spikes.send(i, lanes_of[k], now);
                if (Model::RESETS_AT_ONCE) reset(i, lanes_of[k]);
                if (readings.counting()) readings.count(i, lanes_of[k]);
                if (job.decaying) readings.trace(i, lanes_of[k], local.data());
                if (job.timed) readings.time(i, lanes_of[k], local.data());
                if (!Model::RESETS_AT_ONCE) fired.push_back({int32_t(i), lanes_of[k]});
            }
        }
    }

    // Keep what is recorded of a neuron, before it is reset: 0 while it is refractory. And its spikes.
    void record(std::size_t i, Bits bits) {
        const Traces &traces = job.recorded;
        float *const out = &recorded[i * LANES];
        for (std::size_t v = 0; v < traces.variables.size(); v++) {
            const float *const values = &state[i * NEXT + traces.variables[v] * LANES];
            const float weight = traces.weights[v * size + i];
            for (int l = 0; l < LANES; l++) out[l] = weight * values[l] + (v ? out[l] : 0.0f);
        }
        if (latest[i] > now)
            for (int l = 0; l < LANES; l++) out[l] = release[i * LANES + l] > now ? 0.0f : out[l];
        for (; bits; bits &= bits - 1) {
            const int l = __builtin_ctzll(bits);
            job.recorded.spike_step.push_back(local[l]);
            job.recorded.spike_sample.push_back(sample_number(l));
            job.recorded.spike_neuron.push_back(i);
        }
    }

    // Put what was kept of this step to the samples.
    void record() {
        for (Bits bits = active; bits; bits &= bits - 1) {
            const int l = __builtin_ctzll(bits);
            float *const out = job.recorded.at(local[l], sample_number(l));
            for (std::size_t i = 0; i < size; i++) out[i] = recorded[i * LANES + l];
        }
    }

    // A lane's sample, as the caller counts them; each has one reading where anything is recorded.
    int32_t sample_number(int l) const { return job.reading_row[lanes[l].sample]; }

    void reset(std::size_t i, Bits bits) {
        latest[i] = std::max(latest[i], now + job.refractory_steps[first + i]);
        if (job.refractory_steps[first + i])
            reset<true>(i, bits);
        else
            reset<false>(i, bits);
    }

    // Lane by lane, or in all at once where some are reset.
    template <bool REFRACTORY> void reset(std::size_t i, Bits bits) {
        static constexpr int FEW = 2;
        if (__builtin_popcountll(bits) <= FEW) {
            Place there = place(i, nullptr, nullptr);
            for (; bits; bits &= bits - 1) {
                there.lane = __builtin_ctzll(bits);
                Model::Reset::template run<LANES, REFRACTORY, true>(there);
            }
        } else {
            alignas(64) int32_t here[LANES];
            numbers_of<LANES>(bits, here);
            Model::Reset::template run<LANES, REFRACTORY, false>(place(i, nullptr, here));
        }
    }

    void deliver_input() {
        LSM_TIME(input);
        if (dense.used()) return deliver_dense();
        std::vector<Arrival> &arrived = arrivals[now % WINDOW];
        for (const Arrival &arrival : arrived) {
            float *const lane = state.data() + arrival.lane;
            const Edge *const end = inputs.data() + input_start[arrival.row + 1];
            for (const Edge *edge = inputs.data() + input_start[arrival.row]; edge < end; edge += WIDTH)
                for (int k = 0; k < WIDTH; k++) lane[edge[k].place] += edge[k].weight;
        }
        arrived.clear();
    }

    void deliver_dense() {
        dense.open(now);
        for (int l = 0; l < LANES; l++) {
            Lane &lane = lanes[l];
            if (lane.done) continue;
            for (int64_t &event = lane.event[0]; event < lane.event_end && job.event_step[event] == local[l]; event++)
                dense.add(now, job.event_channel[event], l);
        }
        dense.deliver(state.data(), now);
    }

    // The first step at which a lane has to do anything.
    int32_t due(const Lane &lane) const {
        if (lane.done) return NEVER;
        if (lane.reading == lane.read_end) return lane.end;
        return std::min(lane.end, lane.start + job.reading_step[lane.reading] - 1);
    }

    // Readings, and ends of samples.
    void play() {
        LSM_TIME(recording);
        next_wake = NEVER;
        for (int l = 0; l < LANES; l++) {
            Lane &lane = lanes[l];
            if (due(lane) == now) {
                for (; lane.reading < lane.read_end && lane.start + job.reading_step[lane.reading] - 1 == now; lane.reading++)
                    readings.read(l, job.reading_row[lane.sample] + lane.reading - job.reading_start[lane.sample], local[l], &state[l], NEXT);
                if (now == lane.end) {
                    check(l);
                    begin(l, now + 1);
                    local[l]--;
                }
            }
            next_wake = std::min(next_wake, due(lane));
        }
    }

    void check(int l) {
        for (std::size_t i = 0; i < size; i++)
            if (!std::isfinite(state[i * NEXT + l]))
                fail("the potential of neuron " + std::to_string(i % job.n) + " is no number at the end of a sample (record() says since when)");
    }
};

}  // namespace lsm
