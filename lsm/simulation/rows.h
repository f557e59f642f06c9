// What is read of each neuron at a reading: the rows of a state, as rows.py writes them.
#pragma once
#include "short_term.h"
#include <algorithm>

namespace lsm {

enum Kind : int32_t { TRACE, VARIABLE, PROPORTION, FIRST, LAST, SILENCE };

struct Row {
    int32_t kind, number;  // of the trace or of the variable
};

// When a neuron has fired in a sample, in steps.
struct SpikeTimes {
    int32_t spikes = 0, first = 0, last = -1, silence = 0;
    int32_t refractory = 0;  // until the last spike

    // `dead` steps after a spike a neuron is refractory.
    void fire(int32_t step, int32_t dead) {
        const int32_t since = step - last - 1;
        if (spikes++)
            refractory += std::min(dead, since);
        else
            first = step;
        silence = std::max(silence, since);
        last = step;
    }

    // In steps, or of them, after one of them.
    double read(int32_t kind, int32_t step, int32_t dead) const {
        if (kind == FIRST) return spikes ? first : step + 1;
        if (kind == LAST) return spikes ? last : 0;
        if (kind == SILENCE) return std::max(silence, step - last);
        return spikes ? spikes / double(step + 1 - refractory - std::min(dead, step - last)) : 0.0;
    }
};

struct Rows {
    std::vector<Row> rows = load<Row>("rows");
    std::vector<double> decay_powers = load<double>("decay_powers");
    const double ms_per_step = load<double>("ms_per_step")[0];
    const int64_t traces = decay_powers.size() / (256 + 23);
    // Whether traces are more than a count, and whether spike times are asked for
    const bool decaying = traces > 1 || (traces && decay_powers[1] < 1);
    const bool timed = std::any_of(rows.begin(), rows.end(), [](Row row) { return row.kind > VARIABLE; });

    // What is left of trace k after some steps.
    double left(int64_t k, uint32_t steps) const { return power(&decay_powers[k * (256 + 23)], steps); }

    // A row of spike times after a step: a proportion, or in ms.
    float measure(Row row, const SpikeTimes &times, int32_t step, int32_t dead) const {
        const double value = times.read(row.kind, step, dead);
        return row.kind == PROPORTION ? value : value * ms_per_step;
    }
};

}  // namespace lsm
