// The three-factor rule; three_factor.py is the same in NumPy.
#pragma once
#include "rule.h"

namespace lsm {

class ThreeFactor : public Rule {
    double learning_rate, trace_decay, silence;
    bool normalize;
    std::vector<double> trace, eligible;

public:
    explicit ThreeFactor(std::size_t n) : eligible(padded(n)) {
        const std::vector<double> given = constants();
        learning_rate = given[0], trace_decay = given[1], normalize = given[2], silence = given[3];
        trace = read_state("trace");
    }

    const char *learn(const std::vector<double> &r, const std::vector<double> &error, double gate, std::vector<double> &decoder) override {
        for (std::size_t j = 0; j < trace.size(); j++) eligible[j] = trace_decay * trace[j] + r[j];
        double rate = learning_rate * gate;
        if (normalize) {
            const double length = dot(eligible.data(), eligible.data(), eligible.size());
            rate = length > silence ? rate / length : 0.0;
        }
        std::vector<double> steps;
        for (const double e : error) steps.push_back(-(rate * e));
        if (!change(decoder, steps, eligible)) return "weights";
        trace = eligible;
        return "";
    }

    void keep() const override { write_state("trace", trace); }
};

}  // namespace lsm
