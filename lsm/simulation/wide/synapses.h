// Synapses of the wide form, and spikes on their way: from neuron to neuron.
#pragma once
#include "../timed.h"
#include "bits.h"
#include "job.h"
#include <numeric>

namespace lsm {

// What a spike adds, and where: the place of a variable's first lane in the state.
struct Edge {
    int32_t place;
    float weight;
};

// What one spike adds in its lane.
inline __attribute__((noinline)) void add(float *lane, const Edge *edge, const Edge *end) {
    for (; edge < end; edge++) lane[edge->place] += edge->weight;
}

// Where the state has its variables: [neuron][variable][lane].
template <class Model, int LANES> struct Layout {
    static constexpr int VARIABLES = Model::VARIABLES;
    // From neuron to neuron: an odd number of cache lines, so that those of one lane share no places
    // in a cache.
    static constexpr int NEXT = VARIABLES * LANES + 16;

    // Where a weight is added, in a neuron's first lane.
    static int32_t target_place(int32_t neuron, float weight) {
        return neuron * NEXT + (weight > 0 ? Model::POSITIVE : Model::NEGATIVE) * LANES;
    }
    // The number of the variable that an edge leads to.
    static int32_t receiver(const Edge &edge) { return edge.place / NEXT * VARIABLES + edge.place % NEXT / LANES; }
};

// Every variable takes what arrives at it: the edges of a variable begin at its `start`, and their place is
// that of a spike's bits behind `from`.
template <class Model, int LANES>
__attribute__((noinline)) void pull(float *state, const std::vector<int32_t> &start, const std::vector<Edge> &pulled, const Bits<LANES> *from) {
    using At = Layout<Model, LANES>;
    for (std::size_t r = 0; r + 1 < start.size(); r++) {
        if (start[r] == start[r + 1]) continue;
        float *const values = &state[r / At::VARIABLES * At::NEXT + r % At::VARIABLES * LANES];
        Sums<LANES> sums(values);
        for (int32_t e = start[r]; e < start[r + 1]; e++) sums.add(pulled[e].weight, from + pulled[e].place);
        sums.store(values);
    }
}

template <class Model, int LANES> class SpikesOnTheirWay : Layout<Model, LANES> {
    using Bits = lsm::Bits<LANES>;
    using Layout<Model, LANES>::VARIABLES, Layout<Model, LANES>::NEXT, Layout<Model, LANES>::target_place, Layout<Model, LANES>::receiver;
    static constexpr std::size_t HISTORY = 1 << 18;  // neurons and steps whose spikes are kept to be pulled

    // Consecutive synapses of one source and one delay, and the spikes that arrive there.
    struct Row {
        int32_t first, last, delay;
    };
    struct Landing {
        int32_t row;
        Bits lanes;
    };
    // Those of a step, and about what it costs to push them; once it is dear, no more are added.
    struct Landings {
        std::vector<Landing> spikes;
        int64_t cost = 0;
    };

    std::size_t size = 0;  // neurons
    bool plastic = false;
    // From a spike to its targets, and from a target to the spikes that arrive
    std::vector<Edge> edges;  // by source
    std::vector<Row> rows;
    std::vector<int32_t> row_start;  // rows of neuron i: row_start[i] to row_start[i + 1]
    std::vector<int32_t> kinds;      // of the edges, where they are plastic
    ShortTerm short_term;
    std::vector<int32_t> pull_start;
    std::vector<Edge> pulled;  // their place is one in `history`, from this step's on
    std::vector<Landings> landing;
    int64_t dear = std::numeric_limits<int64_t>::max();  // about what it costs to pull, if that can be
    // The bits of all neurons in some steps, twice, so that those of some steps ago are that many rows
    // further on, wherever this step's row is.
    std::vector<Bits> history;
    int32_t steps_kept = 1;

public:
    // Of some neurons of the job.
    void load(const WideJob &job, std::size_t job_first, std::size_t size_) {
        size = size_;
        plastic = !job.edge_kind.empty();
        const int32_t begin = job.first_edge[job_first], end = job.first_edge[job_first + size];
        const int32_t *const delay = job.edge_delay.data() + begin;
        std::vector<int32_t> sources;
        row_start.push_back(0);
        for (std::size_t i = 0; i < size; i++) {
            for (int32_t e = job.first_edge[job_first + i] - begin; e < job.first_edge[job_first + i + 1] - begin; e++) {
                const float weight = job.edge_weight[begin + e];
                if (int32_t(rows.size()) == row_start.back() || rows.back().delay != delay[e]) rows.push_back({e, e, delay[e]});
                rows.back().last++;
                sources.push_back(i);
                edges.push_back({target_place(job.edge_target[begin + e] - int32_t(job_first), weight), weight});
                if (plastic) kinds.push_back(job.edge_kind[begin + e]);
                steps_kept = std::max(steps_kept, delay[e] + 1);
            }
            row_start.push_back(rows.size());
        }
        landing.resize(steps_kept);
        if (plastic) short_term.prepare(LANES, edges.size());
        if (plastic || steps_kept * size > HISTORY) return;
        history.assign(2 * steps_kept * size, 0);
        // By target, in the order of additions: the longest delay first, then by source.
        std::vector<int32_t> order(edges.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [delay](int32_t a, int32_t b) { return delay[a] > delay[b]; });
        pull_start.assign(size * VARIABLES + 1, 0);
        for (const Edge &edge : edges) pull_start[receiver(edge) + 1]++;
        std::partial_sum(pull_start.begin(), pull_start.end(), pull_start.begin());
        std::vector<int32_t> filled(pull_start.begin(), pull_start.end() - 1);
        pulled.resize(edges.size());
        dear = int64_t(edges.size()) * Sums<LANES>::CYCLES;
        for (const int32_t e : order)
            pulled[filled[receiver(edges[e])]++] = {int32_t(delay[e] * size + sources[e]), edges[e].weight};
    }

    // A lane begins anew: none of its spikes arrives any more.
    void begin(int lane) {
        const Bits others = ~(Bits(1) << lane);
        for (Landings &at : landing)
            for (Landing &spike : at.spikes) spike.lanes &= others;
        for (Bits &bits : history) bits &= others;
        if (plastic) short_term.begin(lane);
    }

    // Where the bits of all neurons at a step are to be put, and how far on once more; null: nowhere.
    Bits *row(int32_t now) {
        return history.empty() ? nullptr : history.data() + (steps_kept - 1 - now % steps_kept) * size;
    }
    std::size_t once_more() const { return steps_kept * size; }

    // Spikes of a neuron at step `now` go on their way to where they arrive.
    void send(std::size_t i, Bits bits, int32_t now) {
        const int64_t each = cost(bits);
        const int32_t here = now % steps_kept;
        for (int32_t r = row_start[i]; r < row_start[i + 1]; r++) {
            int32_t step = here + rows[r].delay;
            if (step >= steps_kept) step -= steps_kept;
            Landings &at = landing[step];
            if (at.cost > dear) continue;
            at.spikes.push_back({r, bits});
            at.cost += each * (rows[r].last - rows[r].first);
        }
    }

    // Spikes arrive: pushed by those that fired, or pulled by all neurons, whichever is less work.
    void deliver(float *state, const int32_t *local, int32_t now) {
        LSM_TIME(synapses);
        Landings &here = landing[now % steps_kept];
        if (plastic)
            push_plastic(here.spikes, state, local);
        else if (here.cost > dear)
            lsm::pull<Model, LANES>(state, pull_start, pulled, row(now));
        else
            push(here.spikes, state);
        here.spikes.clear();
        here.cost = 0;
    }

private:
    // About so many cycles it takes to push a spike along one synapse: lane by lane, or in all at once.
    static constexpr int64_t ALONE = 2, TOGETHER = 3 * Sums<LANES>::CYCLES;
    static int64_t cost(Bits bits) { return std::min<int64_t>(ALONE * __builtin_popcountll(bits), TOGETHER); }

    void push_plastic(const std::vector<Landing> &spikes, float *state, const int32_t *local) {
        for (const Landing &spike : spikes)
            for (Bits bits = spike.lanes; bits; bits &= bits - 1) {
                const int l = __builtin_ctzll(bits);
                float *const lane = state + l;
                for (int32_t e = rows[spike.row].first; e < rows[spike.row].last; e++)
                    lane[edges[e].place] += edges[e].weight * short_term.efficacy(short_term.first(l) + e, kinds[e], local[l]);
            }
    }

    __attribute__((noinline)) void push(const std::vector<Landing> &spikes, float *state) {
        for (const Landing &spike : spikes) {
            const Edge *edge = edges.data() + rows[spike.row].first;
            const Edge *const end = edges.data() + rows[spike.row].last;
            Bits bits = spike.lanes;
            if (cost(bits) < TOGETHER)
                for (; bits; bits &= bits - 1) add(state + __builtin_ctzll(bits), edge, end);
            else
                for (; edge < end; edge++) {
                    Sums<LANES> sums(&state[edge->place]);
                    sums.add(edge->weight, &spike.lanes);
                    sums.store(&state[edge->place]);
                }
        }
    }
};

}  // namespace lsm
