// Where the code of a model finds the variables of one neuron in the lanes of a wide program.
#pragma once
#include "../job.h"

namespace lsm {

struct Place {
    float *state;             // [variable][lane]
    const float *constants;   // of the neuron, the same in all lanes
    int32_t *release;         // [lane]: the first step at which it isn't refractory
    char *fired;              // [lane]: whether it is above its threshold, which an update says
    const int32_t *here;      // [lane]: whether a reset is for this lane
    const uint64_t *prefix;   // [lane]: what is hashed with a step and gives its noise
    const int32_t *local;     // [lane]: steps since the sample began
    int32_t refractory, step;
    int lane = 0;             // the only one that a reset is for, where it is for one alone

    float noise_at(int lane) const { return noise(mix(prefix[lane], uint64_t(local[lane]))); }
};

}  // namespace lsm
