// What a learning rule is to a closed loop.
#pragma once
#include "job.h"
#include "lanes.h"

namespace lsm {

struct Rule {
    virtual ~Rule() = default;
    // Learn from one error an output. Says what has diverged, and has then learned nothing.
    virtual const char *learn(const std::vector<double> &r, const std::vector<double> &error, double gate, std::vector<double> &decoder) = 0;
    // Write down where learning stands.
    virtual void keep() const = 0;
};

// Move each output's weights along one direction by a step of its own, if all stay finite.
inline bool change(std::vector<double> &decoder, const std::vector<double> &steps, const std::vector<double> &direction) {
    const std::size_t size = direction.size();
    std::vector<double> changed = decoder;
    for (std::size_t k = 0; k < steps.size(); k++) add(&changed[k * size], steps[k], direction.data(), size);
    for (const double weight : changed)
        if (!std::isfinite(weight)) return false;
    decoder = changed;
    return true;
}

}  // namespace lsm
