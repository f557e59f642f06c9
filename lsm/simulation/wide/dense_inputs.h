// Input that many lanes hear in every step, such as signals: a channel's spikes as the bits of its lanes,
// pulled by all neurons.
#pragma once
#include "synapses.h"

namespace lsm {

// Spikes are kept for as long as the longest delay. A lane's additions have the order of any other form:
// the longest delay first, then by channel, which is that of the spikes wherever a job is `dense`.
template <class Model, int LANES> class DenseInputs : Layout<Model, LANES> {
    using Bits = lsm::Bits<LANES>;
    using Layout<Model, LANES>::VARIABLES, Layout<Model, LANES>::receiver;
    static constexpr std::size_t MOST = 1 << 20;  // channels and steps that are kept

    std::size_t depth = 0, channels = 0;
    std::vector<Bits> kept;      // [step][channel], twice, as the spikes of neurons are: see synapses.h
    std::vector<int32_t> start;  // of a variable's edges
    std::vector<Edge> pulled;    // their place is one in `kept`, from this step's on

    // Whether it only fills a row up: see wide.h.
    static bool fills(const Edge &edge) { return edge.weight == 0 && std::signbit(edge.weight); }
    Bits *row(int32_t now) { return kept.data() + (depth - 1 - now % depth) * channels; }

public:
    // Of rows of synapses: of each delay, the longest first, and each channel.
    void load(const WideJob &job, std::size_t size, const std::vector<Edge> &edges, const std::vector<int64_t> &edge_start) {
        channels = job.channels, depth = 1 + job.input_delay[0];
        if (!job.dense || depth * channels > MOST) return;
        kept.assign(2 * depth * channels, 0);
        start.assign(size * VARIABLES + 1, 0);
        for (const Edge &edge : edges) start[receiver(edge) + 1] += !fills(edge);
        std::partial_sum(start.begin(), start.end(), start.begin());
        std::vector<int32_t> filled(start.begin(), start.end() - 1);
        pulled.resize(start.back());
        for (std::size_t r = 0; r + 1 < edge_start.size(); r++)
            for (int64_t e = edge_start[r]; e < edge_start[r + 1]; e++)
                if (!fills(edges[e]))
                    pulled[filled[receiver(edges[e])]++] = {int32_t(job.input_delay[r / channels] * channels + r % channels), edges[e].weight};
    }
    bool used() const { return !kept.empty(); }

    // A lane begins anew: none of its spikes arrives any more.
    void begin(int lane) {
        for (Bits &bits : kept) bits &= ~(Bits(1) << lane);
    }

    // The spikes of a step, all of them anew: first none, then one by one.
    void open(int32_t now) {
        std::fill_n(row(now), channels, 0);
        std::fill_n(row(now) + depth * channels, channels, 0);
    }
    void add(int32_t now, int32_t channel, int lane) {
        Bits *const bits = row(now) + channel;
        *bits |= Bits(1) << lane;
        bits[depth * channels] = *bits;
    }

    void deliver(float *state, int32_t now) { pull<Model, LANES>(state, start, pulled, row(now)); }
};

}  // namespace lsm
