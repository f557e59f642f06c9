// The samples of a job: their input spikes, and when they are read.
#pragma once
#include "rows.h"

namespace lsm {

struct Samples : Rows {
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
    // What is hashed to give noise
    std::vector<uint64_t> sample_key = load<uint64_t>("sample_key");
    std::vector<uint64_t> noise_key = load<uint64_t>("noise_key");
};

}  // namespace lsm
