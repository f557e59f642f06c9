// Liquid states of the wide form: counts of spikes, or traces as they were at a neuron's last spike;
// spike times where they are asked for.
#pragma once
#include "../timed.h"
#include "bits.h"
#include "job.h"

namespace lsm {

template <int LANES> class Readings {
    WideJob &job;
    const std::size_t first, size;     // neurons of the job
    Aligned<int32_t> counts, touched;  // [neuron][lane]; the step of the last spike
    Aligned<double> tally;             // [trace][neuron][lane]
    std::vector<SpikeTimes> times;     // [neuron][lane]

    int32_t dead(std::size_t i) const { return job.refractory_steps[first + i] - 1; }

public:
    Readings(WideJob &job_, std::size_t first_, std::size_t size_) : job(job_), first(first_), size(size_) {
        if (job.decaying) {
            tally.assign(job.traces * size * LANES);
            touched.assign(size * LANES);
        } else if (job.traces) {
            counts.assign(size * LANES);
        }
        if (job.timed) times.resize(size * LANES);
    }

    bool counting() const { return job.traces && !job.decaying; }

    void count(std::size_t i, const int32_t *here) {
        int32_t *const of = &counts[i * LANES];
        for (int l = 0; l < LANES; l++) of[l] += here[l];
    }

    // A neuron's spikes, where traces decay.
    void trace(std::size_t i, Bits<LANES> bits, const int32_t *local) {
        for (; bits; bits &= bits - 1) {
            const int l = __builtin_ctzll(bits);
            const std::size_t at = i * LANES + l;
            for (int64_t k = 0; k < job.traces; k++) {
                double &trace = tally[k * size * LANES + at];
                trace = trace * job.left(k, local[l] - touched[at]) + 1.0;
            }
            touched[at] = local[l];
        }
    }

    // A neuron's spikes, where their times are asked for; apart, so that others' loop stays as it is.
    __attribute__((noinline)) void time(std::size_t i, Bits<LANES> bits, const int32_t *local) {
        for (; bits; bits &= bits - 1) {
            const int l = __builtin_ctzll(bits);
            times[i * LANES + l].fire(local[l], dead(i));
        }
    }

    void begin(int l) {
        for (std::size_t i = 0; i < size; i++) {
            if (job.decaying) touched[i * LANES + l] = 0;
            if (counting()) counts[i * LANES + l] = 0;
            for (int64_t k = 0; job.decaying && k < job.traces; k++) tally[(k * size + i) * LANES + l] = 0.0;
            if (job.timed) times[i * LANES + l] = {};
        }
    }

    // A lane's state after a step. Its variables begin with those of the first neuron at `state`; the
    // others' follow `next` further on each.
    void read(int l, std::size_t reading, int32_t local, const float *state, std::size_t next) {
        const int64_t n = job.n;
        float *out = &job.states[reading * job.state_size + first * job.rows.size()];
        for (std::size_t begin = 0; begin < size; begin += n)
            for (const Row row : job.rows) {
                const int64_t k = row.number;
                const std::size_t end = begin + n;
                if (row.kind == TRACE && job.decaying) {
                    for (std::size_t i = begin; i < end; i++) {
                        const double counted = tally[(k * size + i) * LANES + l];
                        *out++ = counted ? counted * job.left(k, local - touched[i * LANES + l]) : counted;
                    }
                } else if (row.kind == TRACE) {
                    for (std::size_t i = begin; i < end; i++) *out++ = counts[i * LANES + l];
                } else if (row.kind == VARIABLE) {
                    for (std::size_t i = begin; i < end; i++) *out++ = state[i * next + k * LANES];
                } else {
                    for (std::size_t i = begin; i < end; i++)
                        *out++ = job.measure(row, times[i * LANES + l], local, dead(i));
                }
            }
    }
};

}  // namespace lsm
