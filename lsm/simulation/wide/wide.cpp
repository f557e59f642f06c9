// Runs a job in the wide form, with the update and the reset that build.py has generated.
#include "wide.h"
#include "wide_model.h"

namespace lsm {

constexpr std::size_t GROUP = 300;  // neurons that go through all samples before others do

// Steps of all groups, one after another.
template <int LANES> int32_t run(WideJob &job) {
    int32_t steps = 0;
    const std::size_t together = std::max<std::size_t>(1, GROUP / job.n), reservoirs = job.reservoirs;
    for (std::size_t first = 0; first < reservoirs; first += together)
        steps += Wide<WideModel, LANES>(job, first, std::min(first + together, reservoirs)).run();
    return steps;
}

// Whether the job is one for this form; it ends the program.
void run_if_wide() {
    if (!the_arrays().places.count("wide")) return;
    flush_denormals();
    end_with_input();
    WideJob job;
#if defined(LSM_TIMED)
    ticks();
    const int32_t steps = run<WideModel::LANES>(job);
    save_times(steps, {{"update", ticks().update}, {"synapses", ticks().synapses}, {"lanes", WideModel::LANES}});
#else
    run<WideModel::LANES>(job);
#endif
    if (job.recorded.any()) job.recorded.save_spikes();
    save("states", job.states);
    std::_Exit(0);
}

}  // namespace lsm
