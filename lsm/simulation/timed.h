// What the steps of a program are made of. Only a program that is built with -DLSM_TIMED, whose code
// objects Brian2 times too, measures and writes it; see timing.py.
#pragma once
#include "job.h"

#if !defined(LSM_TIMED)
#define LSM_TIME(part)
#else
#define LSM_TIME(part) const lsm::Timer timer(lsm::ticks().part)

namespace lsm {

struct Ticks {
    std::clock_t input = 0, recording = 0, update = 0, synapses = 0, nothing = std::numeric_limits<std::clock_t>::max(), started = 0;
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
inline void save_times(int32_t steps, const std::vector<std::pair<std::string, double>> &parts) {
    const std::clock_t all = clock() - ticks().started;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - ticks().at;
    std::ofstream file(path("times"));
    file.precision(17);
    file << "seconds " << seconds.count() << "\nticks " << all << "\nsteps " << steps << "\nnothing " << ticks().nothing << "\n";
    for (const auto &part : parts) file << part.first << " " << part.second << "\n";
    file << "input " << ticks().input << "\nrecording " << ticks().recording << "\n";
}

}  // namespace lsm
#endif
