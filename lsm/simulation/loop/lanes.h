// Sums over rows of double numbers, always in the same order.
#pragma once
#include <cstddef>
#include <vector>

namespace lsm {

// Rows are whole blocks; each place in a block has a sum of its own, whatever a processor's vectors hold.
// Wider vectors than it has would go through memory.
constexpr std::size_t BLOCK = 16;
#if defined(__AVX512F__)
constexpr std::size_t LANES = 8;
#elif defined(__AVX__)
constexpr std::size_t LANES = 4;
#else
constexpr std::size_t LANES = 2;
#endif
constexpr std::size_t VECTORS = BLOCK / LANES;
// Memory need not be aligned.
typedef double Lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias));
inline Lanes &lanes(double *x) { return *reinterpret_cast<Lanes *>(x); }
inline const Lanes &lanes(const double *x) { return *reinterpret_cast<const Lanes *>(x); }

// For loops over the vectors of a block and over some rows: their values stay in registers.
#define LSM_UNROLL _Pragma("GCC unroll 8")

// Sum of the sums of a block's places.
inline double total(const Lanes (&sums)[VECTORS]) {
    double sum = 0.0;
    for (std::size_t v = 0; v < VECTORS; v++)
        for (std::size_t l = 0; l < LANES; l++) sum += sums[v][l];
    return sum;
}

inline double dot(const double *a, const double *b, std::size_t size) {
    Lanes sums[VECTORS] = {};
    for (std::size_t j = 0; j < size; j += BLOCK) LSM_UNROLL
        for (std::size_t v = 0; v < VECTORS; v++) sums[v] += lanes(a + j + v * LANES) * lanes(b + j + v * LANES);
    return total(sums);
}

inline void add(double *y, double factor, const double *x, std::size_t size) {
    for (std::size_t j = 0; j < size; j++) y[j] += factor * x[j];
}

// Numbers of a row in memory: whole blocks.
inline std::size_t padded(std::size_t n) { return (n + BLOCK - 1) / BLOCK * BLOCK; }

}  // namespace lsm
