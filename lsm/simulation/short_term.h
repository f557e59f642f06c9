// Short-term plasticity of the synapses of a job, and powers of decay factors.
#pragma once
#include "job.h"

namespace lsm {

// A factor's power: 256 are at hand, others are products; job.py says how they are laid out.
inline double power(const double *powers, uint32_t steps) {
    double product = powers[steps & 255];
    const double *power = powers + 256;
    for (steps >>= 8; steps; steps >>= 1, power++)
        if (steps & 1) product *= *power;
    return product;
}

class ShortTerm {
    std::vector<int32_t> touched;
    std::vector<double> utilisation, recovery_powers, uses, resources;
    std::size_t edges = 0;  // of a lane

public:
    // For so many lanes with so many synapses each.
    void prepare(std::size_t lanes, std::size_t edges_) {
        edges = edges_;
        utilisation = load<double>("utilisation");
        recovery_powers = load<double>("recovery_powers");
        touched.assign(lanes * edges, -1);
        uses.assign(lanes * edges, 0.0);
        resources.assign(lanes * edges, 0.0);
    }

    void begin(std::size_t lane) { std::fill_n(touched.begin() + lane * edges, edges, -1); }

    std::size_t lane_of(std::size_t edge) const { return edge / edges; }
    std::size_t first(std::size_t lane) const { return lane * edges; }

    // Share of a synapse's weight that a spike has, where spikes before it wear it out and prepare
    // it: Markram, Wang & Tsodyks 1998.
    real efficacy(std::size_t edge, int32_t kind, int32_t local) {
        const double U = utilisation[kind];
        double &use = uses[edge], &resource = resources[edge];
        if (touched[edge] < 0) {
            use = U, resource = 1.0;
        } else {
            const uint32_t steps = local - touched[edge];
            const double *const powers = &recovery_powers[2 * kind * (256 + 23)];
            resource = 1.0 + (resource - resource * use - 1.0) * power(powers, steps);
            use = U + use * (1.0 - U) * power(powers + 256 + 23, steps);
        }
        touched[edge] = local;
        return real(use * resource);
    }
};

}  // namespace lsm
