// What the templates here need besides Brian2's own: spikes are found, and travel.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace lsm {

// The 64 bytes from here, each 0 or 1, as the bits of one word.
inline uint64_t pack(const char *flags) {
    uint64_t bits = 0, eight;
    for (int k = 0; k < 64; k += 8) {
        std::memcpy(&eight, flags + k, 8);
        bits |= (eight * 0x0102040810204080ull >> 56) << k;  // byte j becomes bit j of the top byte
    }
    return bits;
}

// Spikes on their way from neuron to neuron: Brian2's spike queue, for synapses sorted by source.
// Instead of every synapse by itself, rows of consecutive synapses travel.
class SpikesInFlight {
    struct Row {
        int32_t first, last;  // synapses of one source and one delay
        int32_t delay;        // steps
    };
    std::vector<Row> rows;
    std::vector<int32_t> row_start{0};      // rows of neuron i: row_start[i] to row_start[i + 1]
    std::vector<std::vector<Row>> landing;  // by step of arrival, circular
    std::size_t now = 0;

public:
    // Once: delay in seconds and source of each synapse.
    template <class T>
    void prepare(const std::vector<T> &delays, const std::vector<int32_t> &sources, int32_t n_sources, double dt) {
        const int32_t n_synapses = sources.size();
        int32_t synapse = 0, longest = 0;
        for (int32_t source = 0; source < n_sources; source++) {
            const std::size_t first_row = rows.size();
            for (; synapse < n_synapses && sources[synapse] == source; synapse++) {
                const int32_t delay = int32_t(delays[synapse] / dt + 0.5);
                if (rows.size() == first_row || rows.back().delay != delay)
                    rows.push_back({synapse, synapse, delay});
                rows.back().last = synapse + 1;
                longest = std::max(longest, delay);
            }
            row_start.push_back(rows.size());
        }
        landing.resize(longest + 1);
    }

    // A step later, and these neurons have fired.
    void advance(const int32_t *neurons, int32_t count) {
        landing[now].clear();
        now = now + 1 < landing.size() ? now + 1 : 0;
        for (int32_t k = 0; k < count; k++)
            for (int32_t r = row_start[neurons[k]]; r < row_start[neurons[k] + 1]; r++) {
                const std::size_t step = now + rows[r].delay;
                landing[step < landing.size() ? step : step - landing.size()].push_back(rows[r]);
            }
    }

    const std::vector<Row> &arriving() const { return landing[now]; }
};

inline SpikesInFlight &spikes_in_flight() {
    static SpikesInFlight the_spikes;
    return the_spikes;
}

}  // namespace lsm
