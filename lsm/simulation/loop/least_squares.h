// Recursive least squares; least_squares.py is the same in NumPy.
#pragma once
#include "rule.h"

namespace lsm {

// P is symmetric, so rows end with the block that holds the diagonal; and as reading it is what
// takes time, PENDING updates wait until they are applied together:
// P = scale (rows - sum over pending of gain c c').
class LeastSquares : public Rule {
    static constexpr std::size_t PENDING = 16;
    std::size_t n, size, waiting;
    double scale, forgetting;
    bool textbook;
    std::vector<double> rows, pending, gain, c, above;

    static std::size_t width(std::size_t i) { return (i / BLOCK + 1) * BLOCK; }

    // c = P r
    void project(const std::vector<double> &r) {
        std::fill(c.begin(), c.end(), 0.0);
        std::fill(above.begin(), above.end(), 0.0);
        const double *row = rows.data();
        for (std::size_t i = 0; i < n; row += width(i++)) {
            const std::size_t before = width(i) - BLOCK;
            const double r_i = r[i];
            Lanes low = {}, high = {};
            for (std::size_t j = 0; j < before; j += BLOCK) {
                const Lanes a = lanes(row + j), b = lanes(row + j + LANES);
                low += a * lanes(&r[j]);
                high += b * lanes(&r[j + LANES]);
                lanes(&above[j]) += a * r_i;
                lanes(&above[j + LANES]) += b * r_i;
            }
            low += lanes(row + before) * lanes(&r[before]);
            high += lanes(row + before + LANES) * lanes(&r[before + LANES]);
            c[i] = total(low, high);
        }
        for (std::size_t j = 0; j < size; j++) c[j] += above[j];
        for (std::size_t k = 0; k < waiting; k++) {
            const double *const old = &pending[k * size];
            add(c.data(), -(gain[k] * dot(old, r.data(), size)), old, size);
        }
        for (double &value : c) value *= scale;
    }

    void apply() {
        double *row = rows.data();
        for (std::size_t i = 0; i < n; row += width(i++)) {
            for (std::size_t k = 0; k < waiting; k++) {
                const double *const old = &pending[k * size];
                add(row, -(gain[k] * old[i]), old, width(i));
            }
            for (std::size_t j = 0; j < width(i); j++) row[j] *= scale;
        }
        waiting = 0;
        scale = 1.0;
    }

public:
    explicit LeastSquares(std::size_t n) : n(n), size(padded(n)), c(size), above(size) {
        const std::vector<double> given = constants(), scaling = read_state("pending_scale");
        textbook = given[0], forgetting = given[1];
        waiting = scaling[0], scale = scaling[1];
        rows = read_state("covariance");
        pending = read_state("pending");
        gain = read_state("pending_gain");
    }

    const char *learn(const std::vector<double> &r, const std::vector<double> &error, double, std::vector<double> &decoder) override {
        project(r);
        const double seen = dot(r.data(), c.data(), size), divisor = forgetting + seen;
        if (!(seen > -1e-6 && std::isfinite(divisor))) return "P";
        std::vector<double> steps;
        for (const double e : error) steps.push_back(textbook ? -(e / divisor) : -e);
        if (!change(decoder, steps, c)) return "weights";
        std::copy(c.begin(), c.end(), &pending[waiting * size]);
        gain[waiting++] = 1.0 / (scale * divisor);
        scale /= forgetting;
        if (waiting == PENDING) apply();
        return "";
    }

    void keep() const override {
        write_state("covariance", rows);
        write_state("pending", pending);
        write_state("pending_gain", gain);
        write_state("pending_scale", std::vector<double>{double(waiting), scale});
    }
};

}  // namespace lsm
