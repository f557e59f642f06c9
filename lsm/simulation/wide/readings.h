// Liquid states of the wide form: counts of spikes, or traces as they were at a neuron's last spike.
#pragma once
#include "../timed.h"
#include "bits.h"
#include "job.h"

namespace lsm {

template <int LANES> class Readings {
    using Bits = lsm::Bits<LANES>;
    WideJob &job;
    const std::size_t first, size;     // neurons of the job
    // Counts: the first bits of those of a neuron's lanes, then their second bits, ...: [bit][neuron]
    std::vector<Bits> counts;
    Aligned<int32_t> touched;  // [neuron][lane]: the step of the last spike
    Aligned<double> tally;     // [trace][neuron][lane]

public:
    Readings(WideJob &job_, std::size_t first_, std::size_t size_) : job(job_), first(first_), size(size_) {
        if (job.decaying) {
            tally.assign(job.traces * size * LANES);
            touched.assign(size * LANES);
        }
    }

    bool counting() const { return job.traces && !job.decaying; }

    // One more in some lanes: it is added to the first bits, what is carried to the second ones, ...
    void count(std::size_t i, Bits carried) {
        for (std::size_t at = i; at < counts.size(); at += size) {
            const Bits before = counts[at];
            counts[at] ^= carried;
            carried &= before;
        }
        if (!carried) return;
        counts.resize(counts.size() + size);
        counts[counts.size() - size + i] = carried;
    }

    // A neuron's spikes, where traces decay.
    void trace(std::size_t i, Bits bits, const int32_t *local) {
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
        for (Bits &lanes : counts) lanes &= ~(Bits(1) << l);
        for (std::size_t i = 0; job.decaying && i < size; i++)
            for (int64_t k = 0; k < job.traces; k++) tally[(k * size + i) * LANES + l] = 0.0;
    }

    // A lane's state after a step, `potential` of whose first neuron the others follow `next` further on.
    void read(int l, std::size_t reading, int32_t local, const float *potential, std::size_t next) {
        const int64_t rows = job.traces + job.potentials, n = job.n;
        float *out = &job.states[reading * job.state_size + first * rows];
        for (std::size_t begin = 0; begin < size; begin += n) {
            for (int64_t k = 0; job.decaying && k < job.traces; k++)
                for (std::size_t i = begin; i < begin + n; i++) {
                    const double counted = tally[(k * size + i) * LANES + l];
                    *out++ = counted ? counted * job.left(k, local - touched[i * LANES + l]) : counted;
                }
            for (std::size_t i = begin; counting() && i < begin + n; i++) {
                int32_t count = 0;
                for (std::size_t at = i, bit = 0; at < counts.size(); at += size, bit++)
                    count |= int32_t(counts[at] >> l & 1) << bit;
                *out++ = count;
            }
            if (job.potentials)
                for (std::size_t i = begin; i < begin + n; i++) *out++ = potential[i * next];
        }
        if (job.restarts) forget(l);
    }
};

}  // namespace lsm
