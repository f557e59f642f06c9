// Sums over rows of double numbers, always in the same order.
#pragma once
#include <cstddef>
#include <vector>

namespace lsm {

// As many numbers side by side as a processor's vector may hold; memory need not be aligned.
constexpr std::size_t LANES = 8, BLOCK = 2 * LANES;
typedef double Lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias));
inline Lanes &lanes(double *x) { return *reinterpret_cast<Lanes *>(x); }
inline const Lanes &lanes(const double *x) { return *reinterpret_cast<const Lanes *>(x); }

// Sum of a partial sum for each place in a block. Sizes are multiples of BLOCK.
inline double total(Lanes low, Lanes high) {
    double sum = 0.0;
    for (std::size_t l = 0; l < LANES; l++) sum += low[l];
    for (std::size_t l = 0; l < LANES; l++) sum += high[l];
    return sum;
}

inline double dot(const double *a, const double *b, std::size_t size) {
    Lanes low = {}, high = {};
    for (std::size_t j = 0; j < size; j += BLOCK) {
        low += lanes(a + j) * lanes(b + j);
        high += lanes(a + j + LANES) * lanes(b + j + LANES);
    }
    return total(low, high);
}

inline void add(double *y, double factor, const double *x, std::size_t size) {
    for (std::size_t j = 0; j < size; j++) y[j] += factor * x[j];
}

// Numbers of a row in memory: whole blocks.
inline std::size_t padded(std::size_t n) { return (n + BLOCK - 1) / BLOCK * BLOCK; }

}  // namespace lsm
