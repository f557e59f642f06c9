// Liquid states of the wide form: counts of spikes, or traces as they were at a neuron's last spike.
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

public:
    Readings(WideJob &job_, std::size_t first_, std::size_t size_) : job(job_), first(first_), size(size_) {
        if (job.decaying) {
            tally.assign(job.traces * size * LANES);
            touched.assign(size * LANES);
        } else if (job.traces) {
            counts.assign(size * LANES);
        }
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

    void begin(int l) {
        for (std::size_t i = 0; job.decaying && i < size; i++) touched[i * LANES + l] = 0;
        forget(l);
    }

    void forget(int l) {
        for (std::size_t i = 0; i < size; i++) {
            if (counting()) counts[i * LANES + l] = 0;
            for (int64_t k = 0; job.decaying && k < job.traces; k++) tally[(k * size + i) * LANES + l] = 0.0;
        }
    }

    // A lane's state after a step, `potential` of whose first neuron the others follow `next` further on.
    void read(int l, std::size_t reading, int32_t local, const float *potential, std::size_t next) {
        const int64_t rows = job.traces + job.potentials, n = job.n;
        float *out = &job.states[reading * job.state_size + first * rows];
        for (std::size_t begin = 0; begin < size; begin += n) {
            for (int64_t k = 0; k < job.traces; k++)
                for (std::size_t i = begin; i < begin + n; i++)
                    if (job.decaying) {
                        const double counted = tally[(k * size + i) * LANES + l];
                        *out++ = counted ? counted * job.left(k, local - touched[i * LANES + l]) : counted;
                    } else {
                        *out++ = counts[i * LANES + l];
                    }
            if (job.potentials)
                for (std::size_t i = begin; i < begin + n; i++) *out++ = potential[i * next];
        }
        if (job.restarts) forget(l);
    }
};

}  // namespace lsm
