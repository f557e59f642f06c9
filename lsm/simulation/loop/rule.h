// What a learning rule is to a closed loop.
#pragma once
#include <memory>

#include "job.h"
#include "lanes.h"

namespace lsm {

struct Rule {
    virtual ~Rule() = default;
    // Learn from one error an output. Returns what has diverged, and has then learned nothing.
    virtual const char *learn(const std::vector<double> &r, const std::vector<double> &error, double gate, std::vector<double> &decoder) = 0;
    // Write the state, as learning leaves it.
    virtual void keep() const = 0;

protected:
    // What the Python class gives as `constants`, and the arrays that its `STATE` names.
    static std::vector<double> constants() { return load<double>("learning_constants"); }
    static std::vector<double> read_state(const std::string &name) { return load<double>("state_" + name); }
    static void write_state(const std::string &name, const std::vector<double> &values) { save("state_" + name, values); }
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

// Rules by the names of their classes.
using MakeRule = std::unique_ptr<Rule> (*)(std::size_t n);

inline std::unordered_map<std::string, MakeRule> &rules() {
    static std::unordered_map<std::string, MakeRule> by_name;
    return by_name;
}

inline std::unique_ptr<Rule> make_rule(const std::string &name, std::size_t n) {
    const auto rule = rules().find(name);
    if (rule == rules().end()) fail("there is no learning rule " + name);
    return rule->second(n);
}

}  // namespace lsm

// Follows the class of a rule, which is made from a number of neurons.
#define LSM_RULE(Name)                                                                       \
    inline const bool has_rule_##Name = ::lsm::rules().emplace(#Name, [](std::size_t n) {    \
        return std::unique_ptr<::lsm::Rule>(new Name(n));                                    \
    }).second;
