// The samples of a job: their input spikes, and when they are read.
#pragma once
#include "short_term.h"

namespace lsm {

struct Samples {
    std::vector<int32_t> sample_steps = load<int32_t>("sample_steps");
    // Input spikes of all samples, and where each sample's are
    std::vector<int32_t> event_step = load<int32_t>("event_step");
    std::vector<int32_t> event_channel = load<int32_t>("event_channel");
    std::vector<int64_t> event_start = load<int64_t>("event_start");
    std::vector<int64_t> event_end = load<int64_t>("event_end");
    // After which steps, counted from 1, each sample is read, and to which row that goes first
    std::vector<int32_t> reading_step = load<int32_t>("reading_step");
    std::vector<int64_t> reading_start = load<int64_t>("reading_start");
    std::vector<int64_t> reading_row = load<int64_t>("reading_row");
    std::vector<double> decay_powers = load<double>("decay_powers");
    // What is hashed to give noise
    std::vector<uint64_t> sample_key = load<uint64_t>("sample_key");
    std::vector<uint64_t> noise_key = load<uint64_t>("noise_key");

    // What is left of trace k after some steps.
    double left(int64_t k, uint32_t steps) const { return power(&decay_powers[k * (256 + 23)], steps); }
};

}  // namespace lsm
