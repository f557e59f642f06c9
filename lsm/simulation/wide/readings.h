// Liquid states of the wide form: counts of spikes, or traces as they were at a neuron's last spike;
// spike times where they are asked for.
#pragma once
#include "../timed.h"
#include "bits.h"
#include "job.h"

namespace lsm {

template <int LANES> class Readings {
    using Bits = lsm::Bits<LANES>;
    WideJob &job;
    const std::size_t first, size;  // neurons of the job
    // Counts: the first bits of those of a neuron's lanes, then their second bits, ...: [bit][neuron]
    std::vector<Bits> counts;
    Aligned<int32_t> touched;       // [neuron][lane]: the step of the last spike
    Aligned<double> tally;          // [trace][neuron][lane]
    std::vector<SpikeTimes> times;  // [neuron][lane]

    int32_t dead(std::size_t i) const { return job.refractory_steps[first + i] - 1; }

public:
    Readings(WideJob &job_, std::size_t first_, std::size_t size_) : job(job_), first(first_), size(size_) {
        if (job.decaying) {
            tally.assign(job.traces * size * LANES);
            touched.assign(size * LANES);
        }
        if (job.timed) times.resize(size * LANES);
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

    // A neuron's spikes, where their times are asked for.
    void time(std::size_t i, Bits bits, const int32_t *local) {
        for (; bits; bits &= bits - 1) {
            const int l = __builtin_ctzll(bits);
            times[i * LANES + l].fire(local[l], dead(i));
        }
    }

    void begin(int l) {
        for (Bits &lanes : counts) lanes &= ~(Bits(1) << l);
        for (std::size_t at = l; job.decaying && at < size * LANES; at += LANES) {
            touched[at] = 0;
            for (int64_t k = 0; k < job.traces; k++) tally[k * size * LANES + at] = 0.0;
        }
        for (std::size_t at = l; at < times.size(); at += LANES) times[at] = {};
    }

    // A lane's state after a step. Its variables begin with those of the first neuron at `state`; the
    // others' follow `next` further on each.
    void read(int l, std::size_t reading, int32_t local, const float *state, std::size_t next) {
        float *out = &job.states[reading * job.state_size + first * job.rows.size()];
        for (std::size_t begin = 0; begin < size; begin += job.n)
            for (const Row row : job.rows) {
                const std::size_t end = begin + job.n, k = row.number;
                if (row.kind == TRACE && job.decaying)
                    for (std::size_t i = begin; i < end; i++) {
                        const double counted = tally[(k * size + i) * LANES + l];
                        *out++ = counted ? counted * job.left(k, local - touched[i * LANES + l]) : counted;
                    }
                else if (row.kind == TRACE)
                    for (std::size_t i = begin; i < end; i++) {
                        int32_t count = 0;
                        for (std::size_t at = i, bit = 0; at < counts.size(); at += size, bit++)
                            count |= int32_t(counts[at] >> l & 1) << bit;
                        *out++ = count;
                    }
                else if (row.kind == VARIABLE)
                    for (std::size_t i = begin; i < end; i++) *out++ = state[i * next + k * LANES];
                else
                    for (std::size_t i = begin; i < end; i++)
                        *out++ = job.measure(row, times[i * LANES + l], local, dead(i));
            }
    }
};

}  // namespace lsm
