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

    // Do work(row, i) for ROWS rows at a time, and one by one for those that are left: as many as share
    // what is read of other arrays. All have the width of row i.
    static constexpr std::size_t ROWS = 4;
    template <std::size_t N> using Number = std::integral_constant<std::size_t, N>;
    template <class Work> void for_rows(Work work) {
        double *row = rows.data();
        std::size_t i = 0;
        for (; i + ROWS <= n; row += ROWS * width(i), i += ROWS) work(row, i, Number<ROWS>());
        for (; i < n; row += width(i), i++) work(row, i, Number<1>());
    }

    // c = P r
    void project(const std::vector<double> &r) {
        std::fill(c.begin(), c.end(), 0.0);
        std::fill(above.begin(), above.end(), 0.0);
        for_rows([&](const double *row, std::size_t i, auto number) {
            constexpr std::size_t N = number;
            const std::size_t next = width(i), before = next - BLOCK;
            Lanes sums[N][VECTORS] = {};
            for (std::size_t j = 0; j < before; j += BLOCK) LSM_UNROLL
                for (std::size_t v = 0; v < BLOCK; v += LANES) {
                    const Lanes r_j = lanes(&r[j + v]);
                    Lanes sum = lanes(&above[j + v]);
                    LSM_UNROLL
                    for (std::size_t k = 0; k < N; k++) {
                        const Lanes a = lanes(row + k * next + j + v);
                        sums[k][v / LANES] += a * r_j;
                        sum += a * r[i + k];
                    }
                    lanes(&above[j + v]) = sum;
                }
            for (std::size_t k = 0; k < N; k++) {
                LSM_UNROLL
                for (std::size_t v = 0; v < BLOCK; v += LANES)
                    sums[k][v / LANES] += lanes(row + k * next + before + v) * lanes(&r[before + v]);
                c[i + k] = total(sums[k]);
            }
        });
        for (std::size_t j = 0; j < size; j++) c[j] += above[j];
        for (std::size_t k = 0; k < waiting; k++) {
            const double *const old = &pending[k * size];
            add(c.data(), -(gain[k] * dot(old, r.data(), size)), old, size);
        }
        for (double &value : c) value *= scale;
    }

    void apply() {
        for_rows([&](double *row, std::size_t i, auto number) {
            constexpr std::size_t N = number;
            const std::size_t next = width(i);
            double factor[PENDING][N];
            for (std::size_t k = 0; k < waiting; k++)
                for (std::size_t m = 0; m < N; m++) factor[k][m] = -(gain[k] * pending[k * size + i + m]);
            for (std::size_t j = 0; j < next; j += BLOCK) {
                Lanes sums[N][VECTORS];
                LSM_UNROLL
                for (std::size_t m = 0; m < N; m++) LSM_UNROLL
                    for (std::size_t v = 0; v < VECTORS; v++) sums[m][v] = lanes(row + m * next + j + v * LANES);
                for (std::size_t k = 0; k < waiting; k++) LSM_UNROLL
                    for (std::size_t v = 0; v < VECTORS; v++) LSM_UNROLL
                        for (std::size_t m = 0; m < N; m++)
                            sums[m][v] += factor[k][m] * lanes(&pending[k * size + j + v * LANES]);
                LSM_UNROLL
                for (std::size_t m = 0; m < N; m++) LSM_UNROLL
                    for (std::size_t v = 0; v < VECTORS; v++)
                        lanes(row + m * next + j + v * LANES) = sums[m][v] * scale;
            }
        });
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
