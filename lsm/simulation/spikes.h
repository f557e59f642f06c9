// What the templates here need besides Brian2's own: spikes are found, and travel.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace lsm {

// The 64 bytes from here, each 0 or 1, as the bits of one word.
inline uint64_t pack(const char *flags) {
    uint64_t bits = 0;
#if defined(__SSE2__)
    for (int k = 0; k < 64; k += 16) {
        const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i *>(flags + k));
        bits |= uint64_t(_mm_movemask_epi8(_mm_slli_epi16(some, 7))) << k;
    }
#else
    uint64_t eight;
    for (int k = 0; k < 64; k += 8) {
        std::memcpy(&eight, flags + k, 8);
        bits |= (eight * 0x0102040810204080ull >> 56) << k;  // byte j becomes bit j of the top byte
    }
#endif
    return bits;
}

// Where the flags are 1, in order; returns how many are.
inline int32_t collect(const char *flags, int32_t size, int32_t *fired) {
    int32_t *end = fired;
    for (int32_t first = 0; first < size; first += 64) {
        char last[64] = {};
        if (first + 64 > size) std::memcpy(last, flags + first, size - first);
        for (uint64_t bits = pack(first + 64 > size ? last : flags + first); bits; bits &= bits - 1)
            *end++ = first + __builtin_ctzll(bits);
    }
    return end - fired;
}

// Spikes on their way from neuron to neuron: Brian2's spike queue, for synapses sorted by source.
// Instead of every synapse by itself, rows of consecutive synapses travel.
class SpikesInFlight {
    static constexpr int32_t BATCH = 2048, WIDTH = 8;
    struct Row {
        int32_t first, size;  // synapses of one source and one delay
    };
    std::vector<Row> rows;
    std::vector<int32_t> delays;            // of each row, in steps
    std::vector<int32_t> row_start{0};      // rows of neuron i: row_start[i] to row_start[i + 1]
    std::vector<std::vector<Row>> landing;  // by step of arrival, circular
    std::vector<int32_t> synapses;
    std::size_t now = 0, next = 0;
    bool one_delay = false;

public:
    // Once: delay in seconds and source of each synapse.
    template <class T>
    void prepare(const std::vector<T> &seconds, const std::vector<int32_t> &sources, int32_t n_sources, double dt) {
        const int32_t n_synapses = sources.size();
        int32_t synapse = 0, latest = 0, longest = 0;
        for (int32_t source = 0; source < n_sources; source++) {
            const std::size_t first_row = rows.size();
            for (; synapse < n_synapses && sources[synapse] == source; synapse++) {
                const int32_t delay = int32_t(seconds[synapse] / dt + 0.5);
                if (rows.size() == first_row || delays.back() != delay) {
                    rows.push_back({synapse, 0});
                    delays.push_back(delay);
                }
                rows.back().size++;
                latest = std::max(latest, delay);
                longest = std::max(longest, rows.back().size);
            }
            row_start.push_back(rows.size());
        }
        landing.resize(latest + 1);
        synapses.resize(BATCH + longest + WIDTH);
        one_delay = rows.size() && *std::min_element(delays.begin(), delays.end()) == latest;
        rows.push_back({0, 0});  // what a last neuron without synapses reads
    }

    // A step later, and these neurons have fired.
    void advance(const int32_t *neurons, int32_t count) {
        landing[now].clear();
        now = now + 1 < landing.size() ? now + 1 : 0;
        next = 0;
        if (one_delay) {  // and so a row a neuron, or none: no branches, nothing to be looked up
            std::vector<Row> &later = landing[now ? now - 1 : landing.size() - 1];
            later.resize(count);
            Row *out = later.data();
            for (int32_t k = 0; k < count; k++) {
                const int32_t r = row_start[neurons[k]];
                *out = rows[r];
                out += row_start[neurons[k] + 1] - r;
            }
            later.resize(out - later.data());
            return;
        }
        for (int32_t k = 0; k < count; k++)
            for (int32_t r = row_start[neurons[k]]; r < row_start[neurons[k] + 1]; r++) {
                const std::size_t step = now + delays[r];
                landing[step < landing.size() ? step : step - landing.size()].push_back(rows[r]);
            }
    }

    // Some of the synapses at which spikes arrive now, all after some calls; returns their number.
    // They are written WIDTH at a time, whatever a row's size: short rows cost no misprediction.
    int32_t land() {
        int32_t *out = synapses.data();
        const int32_t *const full = out + BATCH;
        const std::vector<Row> &arriving = landing[now];
        for (; next < arriving.size() && out < full; next++) {
            const Row row = arriving[next];
            int32_t k = 0;
            do
                for (int32_t j = 0; j < WIDTH; j++) out[k + j] = row.first + k + j;
            while ((k += WIDTH) < row.size);
            out += row.size;
        }
        return out - synapses.data();
    }

    const int32_t *landed() const { return synapses.data(); }
};

inline SpikesInFlight &spikes_in_flight() {
    static SpikesInFlight the_spikes;
    return the_spikes;
}

}  // namespace lsm
