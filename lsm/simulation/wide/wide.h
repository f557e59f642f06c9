// The wide form of a liquid program: LANES samples of the same liquids side by side, innermost. A
// neuron's constants and synapses are read once for all of its lanes, and a step of its lanes is one
// loop, which compilers turn into vector instructions. tape.h is the other form, with neurons
// innermost; both give the same bits.
#pragma once
#include "../short_term.h"
#include "../timed.h"
#include "bits.h"
#include "place.h"
#include <memory>
#include <numeric>

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

// What a spike adds, and where: the place of a variable's first lane in the state.
struct Edge {
    int32_t place;
    float weight;
};

// Everything of a job that all of its liquids share.
struct WideJob {
    int64_t n, reservoirs, traces, channels;
    bool decaying, potentials, restarts;
    std::size_t state_size;
    std::vector<float> constants, start, edge_weight, input_weight, states;
    std::vector<int32_t> refractory_steps, first_edge, edge_target, edge_delay, edge_kind, input_target, input_delay;
    std::vector<int64_t> input_start, event_start, event_end, reading_start, reading_row;
    std::vector<int32_t> sample_steps, event_step, event_channel, reading_step;
    std::vector<double> decay_powers;
    std::vector<uint64_t> sample_key, noise_key;

    WideJob() {
        const std::vector<int64_t> shape = load<int64_t>("wide");
        n = shape[0], reservoirs = shape[1], traces = shape[2], channels = shape[3];
        decaying = shape[4], potentials = shape[5], restarts = shape[6];
        state_size = n * reservoirs * (traces + potentials);
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
        sample_steps = load<int32_t>("sample_steps");
        event_start = load<int64_t>("event_start");
        event_end = load<int64_t>("event_end");
        event_step = load<int32_t>("event_step");
        event_channel = load<int32_t>("event_channel");
        reading_step = load<int32_t>("reading_step");
        reading_start = load<int64_t>("reading_start");
        reading_row = load<int64_t>("reading_row");
        decay_powers = load<double>("decay_powers");
        sample_key = load<uint64_t>("sample_key");
        noise_key = load<uint64_t>("noise_key");
        states.assign(std::max<std::size_t>(reading_step.size(), 1) * state_size, 0.0f);
    }
};

// Some liquids of a job, through all of its samples.
template <class Model, int LANES> class Wide {
    using Bits = lsm::Bits<LANES>;
    static constexpr int32_t WINDOW = 64;               // steps
    static constexpr std::size_t HISTORY = 1 << 18;     // neurons and steps whose spikes are kept to be pulled
    static constexpr int VARIABLES = Model::VARIABLES, CONSTANTS = Model::CONSTANTS;
    // From neuron to neuron: an odd number of cache lines, so that those of one lane share no places
    // in a cache.
    static constexpr int NEXT = VARIABLES * LANES + 16;
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
    // Consecutive synapses of one source and one delay, and the spikes that arrive there.
    struct Row {
        int32_t first, last, delay;
    };
    struct Landing {
        int32_t row;
        Bits lanes;
    };

    WideJob &job;
    const std::size_t first, size;  // neurons of the job
    Aligned<float> state;           // [neuron][variable][lane]
    Aligned<int32_t> release;       // [neuron][lane]
    std::vector<int32_t> latest;    // of a neuron's lanes
    // Synapses: from a spike to its targets, and from a target to the spikes that arrive
    std::vector<Edge> edges;  // by source
    std::vector<Row> rows;
    std::vector<int32_t> row_start;  // rows of neuron i: row_start[i] to row_start[i + 1]
    std::vector<int32_t> kinds;      // of the edges, where they are plastic
    ShortTerm short_term;
    std::vector<int32_t> pull_start;
    std::vector<Edge> pulled;  // their place is one in `history`, from this step's on
    // Spikes: those that arrive at a step, about what it costs to push them; those of this step; and the
    // bits of all neurons in some steps, twice, so that those of some steps ago are that many rows
    // further on, wherever this step's row is.
    std::vector<std::vector<Landing>> landing;
    std::vector<int64_t> landing_cost;
    std::vector<Spike> fired;
    std::vector<Bits> history;
    int32_t steps_kept = 1;
    // Input
    std::vector<int64_t> input_start;
    std::vector<Edge> inputs;
    std::vector<Arrival> arrivals[WINDOW];
    int32_t window_end = WINDOW;
    // Readings
    Aligned<int32_t> counts, touched;  // [neuron][lane]
    Aligned<double> tally;             // [trace][neuron][lane]
    // Running
    Lane lanes[LANES];
    Aligned<int32_t> local;
    Aligned<uint64_t> noise_prefix;
    std::size_t next_sample = 0;
    int playing = 0;
    Bits active = 0;
    int32_t now = 0, next_wake = 0;

public:
    Wide(WideJob &job_, std::size_t first_reservoir, std::size_t last_reservoir)
        : job(job_), first(first_reservoir * job_.n), size((last_reservoir - first_reservoir) * job_.n) {
        state.assign(size * NEXT);
        release.assign(size * LANES);
        latest.assign(size, 0);
        local.assign(LANES);
        if (!job.sample_key.empty()) noise_prefix.assign(size * LANES);
        if (job.decaying) {
            tally.assign(job.traces * size * LANES);
            touched.assign(size * LANES);
        } else if (job.traces) {
            counts.assign(size * LANES);
        }
        load_synapses();
        load_inputs();
    }

    // Plays all samples; returns how many steps that took.
    int32_t run() {
        for (int l = 0; l < LANES; l++) begin(l, 0);
        while (playing) {
            update();
            deliver_spikes();
            if (!Model::RESETS_AT_ONCE)
                for (const Spike &spike : fired) {
                    alignas(64) int32_t here[LANES];
                    numbers_of<LANES>(spike.lanes, here);
                    reset(spike.neuron, here);
                }
            if (job.decaying) trace_spikes();
            deliver_input();
            if (next_wake <= now) play();
            for (int l = 0; l < LANES; l++) local[l]++;
            now++;
            if (now == window_end) open_window();
        }
        return now;
    }

private:
    // The row of this step's bits.
    Bits *row() { return history.data() + (steps_kept - 1 - now % steps_kept) * size; }

    Place place(std::size_t i, char *flags, const int32_t *here) {
        return {&state[i * NEXT], &job.constants[(first + i) * CONSTANTS], &release[i * LANES], flags, here,
                &noise_prefix[i * LANES], local.data(), job.refractory_steps[first + i], now};
    }

    // Where a weight is added, in a neuron's first lane.
    static int32_t target_place(int32_t neuron, float weight) {
        return neuron * NEXT + (weight > 0 ? Model::POSITIVE : Model::NEGATIVE) * LANES;
    }

    void load_synapses() {
        const int32_t begin = job.first_edge[first], end = job.first_edge[first + size];
        const int32_t *const delay = job.edge_delay.data() + begin;
        std::vector<int32_t> sources;
        row_start.push_back(0);
        for (std::size_t i = 0; i < size; i++) {
            for (int32_t e = job.first_edge[first + i] - begin; e < job.first_edge[first + i + 1] - begin; e++) {
                const float weight = job.edge_weight[begin + e];
                if (int32_t(rows.size()) == row_start.back() || rows.back().delay != delay[e]) rows.push_back({e, e, delay[e]});
                rows.back().last++;
                sources.push_back(i);
                edges.push_back({target_place(job.edge_target[begin + e] - int32_t(first), weight), weight});
                if (plastic()) kinds.push_back(job.edge_kind[begin + e]);
                steps_kept = std::max(steps_kept, delay[e] + 1);
            }
            row_start.push_back(rows.size());
        }
        landing.resize(steps_kept);
        landing_cost.assign(steps_kept, 0);
        if (plastic()) short_term.prepare(LANES, edges.size());
        if (plastic() || steps_kept * size > HISTORY) return;
        history.assign(2 * steps_kept * size, 0);
        // By target, in the order of additions: the longest delay first, then by source.
        std::vector<int32_t> order(edges.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [delay](int32_t a, int32_t b) { return delay[a] > delay[b]; });
        const auto receiver = [](const Edge &edge) { return edge.place / NEXT * VARIABLES + edge.place % NEXT / LANES; };
        pull_start.assign(size * VARIABLES + 1, 0);
        for (const Edge &edge : edges) pull_start[receiver(edge) + 1]++;
        std::partial_sum(pull_start.begin(), pull_start.end(), pull_start.begin());
        std::vector<int32_t> filled(pull_start.begin(), pull_start.end() - 1);
        pulled.resize(edges.size());
        for (const int32_t e : order)
            pulled[filled[receiver(edges[e])]++] = {int32_t(delay[e] * size + sources[e]), edges[e].weight};
    }

    // Of these liquids: the synapses of each delay, and of these each channel's, as the job has them.
    void load_inputs() {
        input_start.push_back(0);
        for (std::size_t row = 0; row + 1 < job.input_start.size(); row++) {
            for (int64_t k = job.input_start[row]; k < job.input_start[row + 1]; k++) {
                const std::size_t target = job.input_target[k] - first;  // wraps where it lies before
                if (target < size) inputs.push_back({target_place(target, job.input_weight[k]), job.input_weight[k]});
            }
            input_start.push_back(inputs.size());
        }
        for (Lane &lane : lanes) lane.event.assign(job.input_delay.size(), 0);
    }

    // Begin the next sample on a lane, or rest where none is left.
    void begin(int l, int32_t step) {
        Lane &lane = lanes[l];
        const Bits bit = Bits(1) << l;
        playing -= !lane.done;
        lane.done = next_sample == job.sample_steps.size();
        playing += !lane.done;
        active = lane.done ? active & ~bit : active | bit;
        for (std::vector<Landing> &spikes : landing)  // in flight
            for (Landing &spike : spikes) spike.lanes &= ~bit;
        for (Bits &bits : history) bits &= ~bit;
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
            if (job.decaying) touched[i * LANES + l] = 0;
            if (!job.sample_key.empty())
                noise_prefix[i * LANES + l] = mix(mix(0, job.sample_key[lane.sample]), job.noise_key[first + i]);
        }
        if (plastic()) short_term.begin(l);
        forget(l);
        queue(l);
        next_wake = std::min(next_wake, due(lane));
    }

    // Sort a lane's input spikes that arrive in this window by step: those with the longest delay first,
    // which came first.
    void queue(int l) {
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
        alignas(64) int32_t here[LANES];
        std::size_t numbers[BLOCK];
        Bits lanes_of[BLOCK];
        fired.clear();
        const bool keeps = !history.empty();
        Bits *const now_fired = row();
        for (std::size_t begin = 0; begin < size; begin += BLOCK) {
            std::size_t count = 0;
            for (std::size_t i = begin; i < std::min(begin + BLOCK, size); i++) {
                const Place there = place(i, flags, nullptr);
                if (latest[i] > now)
                    Model::Update::template run<LANES, true>(there);
                else
                    Model::Update::template run<LANES, false>(there);
                const Bits bits = bits_of<LANES>(flags) & active;
                if (keeps) now_fired[i] = now_fired[i + steps_kept * size] = bits;
                numbers[count] = i, lanes_of[count] = bits;
                count += bits != 0;
            }
            for (std::size_t k = 0; k < count; k++) {
                const std::size_t i = numbers[k];
                numbers_of<LANES>(lanes_of[k], here);
                send(i, lanes_of[k]);
                if (Model::RESETS_AT_ONCE) reset(i, here);
                if (job.traces && !job.decaying) this->count(i, here);
                if (!Model::RESETS_AT_ONCE || job.decaying) fired.push_back({int32_t(i), lanes_of[k]});
            }
        }
    }

    // Spikes go on their way to where they arrive.
    void send(std::size_t i, Bits bits) {
        const int64_t each = cost(bits);
        for (int32_t r = row_start[i]; r < row_start[i + 1]; r++) {
            const std::size_t step = (now + rows[r].delay) % steps_kept;
            landing[step].push_back({r, bits});
            landing_cost[step] += each * (rows[r].last - rows[r].first);
        }
    }

    // About so many cycles it takes to push a spike along one synapse: lane by lane, or in all at once.
    static constexpr int64_t ALONE = 2, TOGETHER = 3 * Sums<LANES>::CYCLES;
    static int64_t cost(Bits bits) { return std::min<int64_t>(ALONE * __builtin_popcountll(bits), TOGETHER); }

    void reset(std::size_t i, const int32_t *here) {
        const Place there = place(i, nullptr, here);
        latest[i] = std::max(latest[i], now + there.refractory);
        Model::Reset::template run<LANES, true>(there);
    }

    void count(std::size_t i, const int32_t *here) {
        int32_t *const of = &counts[i * LANES];
        for (int l = 0; l < LANES; l++) of[l] += here[l];
    }

    // Spikes arrive: pushed by those that fired, or pulled by all neurons, whichever is less work.
    void deliver_spikes() {
        LSM_TIME(synapses);
        std::vector<Landing> &spikes = landing[now % steps_kept];
        int64_t &cost = landing_cost[now % steps_kept];
        if (plastic())
            push_plastic(spikes);
        else if (!history.empty() && cost > int64_t(pulled.size()) * Sums<LANES>::CYCLES)
            pull();
        else
            push(spikes);
        spikes.clear();
        cost = 0;
    }

    bool plastic() const { return !job.edge_kind.empty(); }

    void push_plastic(const std::vector<Landing> &spikes) {
        for (const Landing &spike : spikes)
            for (Bits bits = spike.lanes; bits; bits &= bits - 1) {
                const int l = __builtin_ctzll(bits);
                float *const lane = state.data() + l;
                for (int32_t e = rows[spike.row].first; e < rows[spike.row].last; e++)
                    lane[edges[e].place] += edges[e].weight * short_term.efficacy(short_term.first(l) + e, kinds[e], local[l]);
            }
    }

    __attribute__((noinline)) void push(const std::vector<Landing> &spikes) {
        for (const Landing &spike : spikes) {
            const Edge *edge = edges.data() + rows[spike.row].first;
            const Edge *const end = edges.data() + rows[spike.row].last;
            Bits bits = spike.lanes;
            if (cost(bits) < TOGETHER)
                for (; bits; bits &= bits - 1) add(state.data() + __builtin_ctzll(bits), edge, end);
            else
                for (; edge < end; edge++) {
                    Sums<LANES> sums(&state[edge->place]);
                    sums.add(edge->weight, &spike.lanes);
                    sums.store(&state[edge->place]);
                }
        }
    }

    // What one spike adds in its lane.
    static __attribute__((noinline)) void add(float *lane, const Edge *edge, const Edge *end) {
        for (; edge < end; edge++) lane[edge->place] += edge->weight;
    }

    __attribute__((noinline)) void pull() {
        const Bits *const from = row();
        for (std::size_t r = 0; r + 1 < pull_start.size(); r++) {
            if (pull_start[r] == pull_start[r + 1]) continue;
            float *const values = &state[r / VARIABLES * NEXT + r % VARIABLES * LANES];
            Sums<LANES> sums(values);
            for (int32_t e = pull_start[r]; e < pull_start[r + 1]; e++) sums.add(pulled[e].weight, from + pulled[e].place);
            sums.store(values);
        }
    }

    void deliver_input() {
        LSM_TIME(input);
        std::vector<Arrival> &arrived = arrivals[now % WINDOW];
        for (const Arrival &arrival : arrived)
            add(state.data() + arrival.lane, inputs.data() + input_start[arrival.row], inputs.data() + input_start[arrival.row + 1]);
        arrived.clear();
    }

    double left(int64_t k, uint32_t steps) const { return power(&job.decay_powers[k * (256 + 23)], steps); }

    void trace_spikes() {
        LSM_TIME(recording);
        for (const Spike &spike : fired)
            for (Bits bits = spike.lanes; bits; bits &= bits - 1) {
                const int l = __builtin_ctzll(bits);
                const std::size_t at = spike.neuron * LANES + l;
                for (int64_t k = 0; k < job.traces; k++) {
                    double &trace = tally[k * size * LANES + at];
                    trace = trace * left(k, local[l] - touched[at]) + 1.0;
                }
                touched[at] = local[l];
            }
    }

    void forget(int l) {
        for (std::size_t i = 0; i < size; i++) {
            if (job.traces && !job.decaying) counts[i * LANES + l] = 0;
            for (int64_t k = 0; job.decaying && k < job.traces; k++) tally[(k * size + i) * LANES + l] = 0.0;
        }
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
                    read(l, job.reading_row[lane.sample] + lane.reading - job.reading_start[lane.sample]);
                if (now == lane.end) {
                    check(l);
                    begin(l, now + 1);
                    local[l]--;
                }
            }
            next_wake = std::min(next_wake, due(lane));
        }
    }

    void read(int l, std::size_t reading) {
        const int64_t rows = job.traces + job.potentials, n = job.n;
        float *out = &job.states[reading * job.state_size + first * rows];
        for (std::size_t begin = 0; begin < size; begin += n) {
            for (int64_t k = 0; k < job.traces; k++)
                for (std::size_t i = begin; i < begin + n; i++)
                    if (job.decaying) {
                        const double counted = tally[(k * size + i) * LANES + l];
                        *out++ = counted ? counted * left(k, local[l] - touched[i * LANES + l]) : counted;
                    } else {
                        *out++ = counts[i * LANES + l];
                    }
            if (job.potentials)
                for (std::size_t i = begin; i < begin + n; i++) *out++ = state[i * NEXT + l];
        }
        if (job.restarts) forget(l);
    }

    void check(int l) {
        for (std::size_t i = 0; i < size; i++)
            if (!std::isfinite(state[i * NEXT + l]))
                fail("the potential of neuron " + std::to_string(i % job.n) + " is no number at the end of a sample (record() says since when)");
    }
};

}  // namespace lsm
