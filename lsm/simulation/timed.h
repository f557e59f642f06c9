// What the steps of a program are made of. Only a program that is built with -DLSM_TIMED, whose code
// objects Brian2 times too, measures and writes it; see timing.py.
#pragma once
#include "job.h"

#if !defined(LSM_TIMED)
#define LSM_TIME(part)
namespace lsm {
inline void save_times(int32_t) {}
}  // namespace lsm
#else
#define LSM_TIME(part) const lsm::Timer timer(lsm::ticks().part)

namespace lsm {

struct Ticks {
    std::clock_t input = 0, recording = 0, nothing = std::numeric_limits<std::clock_t>::max(), started = 0;
    std::chrono::steady_clock::time_point at;

    Ticks() {
        for (int k = 0; k < 1000; k++) {
            const std::clock_t begun = clock();
            nothing = std::min(nothing, clock() - begun);
        }
        started = clock();
        at = std::chrono::steady_clock::now();
    }
};

inline Ticks &ticks() {
    static Ticks the_ticks;
    return the_ticks;
}

struct Timer {
    std::clock_t &total;
    const std::clock_t begun = clock();
    explicit Timer(std::clock_t &total_) : total(total_) {}
    ~Timer() { total += clock() - begun - ticks().nothing; }
};

// Seconds and ticks of all steps, their number, ticks of a timer that times nothing; then the parts.
inline void save_times(int32_t steps) {
    const std::clock_t all = clock() - ticks().started;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - ticks().at;
    std::ofstream file(path("times"));
    file.precision(17);
    const double unit = CLOCKS_PER_SEC;  // in which Brian2 divides
    file << "seconds " << seconds.count() << "\nticks " << all << "\nsteps " << steps << "\nnothing " << ticks().nothing
         << "\nupdate " << brian::liquid_update_codeobject_profiling_info * unit
         << "\nthreshold " << brian::liquid_spike_thresholder_codeobject_profiling_info * unit
         << "\nqueue " << brian::recurrent_pre_push_spikes_profiling_info * unit
         << "\nsynapses " << brian::recurrent_pre_codeobject_profiling_info * unit
         << "\nreset " << brian::liquid_spike_resetter_codeobject_profiling_info * unit
         << "\ninput " << ticks().input << "\nrecording " << ticks().recording << "\n";
}

}  // namespace lsm
#endif
