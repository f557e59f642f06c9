// Bits of lanes: which of a neuron's lanes have a spike, and additions in these alone.
#pragma once
#include <cstdint>
#include <type_traits>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace lsm {

template <int LANES> using Bits = std::conditional_t<LANES == 64, uint64_t, std::conditional_t<LANES == 32, uint32_t, uint16_t>>;

// Flags of 0 and 1 as bits.
template <int LANES> inline Bits<LANES> bits_of(const char *flags) {
#if defined(__AVX512BW__)
    const __m512i all = _mm512_load_si512(flags);
    return _mm512_test_epi8_mask(all, all);
#endif
    Bits<LANES> bits = 0;
#if defined(__SSE2__)
    for (int k = 0; k < LANES; k += 16) {
        const __m128i some = _mm_load_si128(reinterpret_cast<const __m128i *>(flags + k));
        bits |= Bits<LANES>(_mm_movemask_epi8(_mm_slli_epi16(some, 7))) << k;
    }
#else
    for (int k = 0; k < LANES; k++) bits |= Bits<LANES>(flags[k]) << k;
#endif
    return bits;
}

// Bits as whole numbers, 0 and 1, as wide as what they choose between.
template <int LANES> inline void numbers_of(Bits<LANES> bits, int32_t *numbers) {
#if defined(__AVX512F__)
    for (int k = 0; k < LANES; k += 16)
        _mm512_store_si512(numbers + k, _mm512_maskz_set1_epi32(__mmask16(bits >> k), 1));
#elif defined(__AVX2__)
    const __m256i each = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), one = _mm256_set1_epi32(1);
    for (int k = 0; k < LANES; k += 8) {
        const __m256i some = _mm256_srlv_epi32(_mm256_set1_epi32(int32_t(bits >> k)), each);
        _mm256_store_si256(reinterpret_cast<__m256i *>(numbers + k), _mm256_and_si256(some, one));
    }
#else
    for (int k = 0; k < LANES; k++) numbers[k] = bits >> k & 1;
#endif
}

// The values of all lanes of one variable, on their way through several additions.
template <int LANES> struct Sums {
#if defined(__AVX512F__)
    static constexpr int64_t CYCLES = LANES / 8;  // of an addition, about
    __m512 sums[LANES / 16];

    explicit Sums(const float *values) {
        for (int k = 0; k < LANES / 16; k++) sums[k] = _mm512_load_ps(values + 16 * k);
    }
    void add(float weight, const Bits<LANES> *lanes) {
        const __m512 weights = _mm512_set1_ps(weight);
        // From memory: compilers take these bits through two other registers.
        const uint16_t *const masks = reinterpret_cast<const uint16_t *>(lanes);
        for (int k = 0; k < LANES / 16; k++) {
            __mmask16 mask;
            asm("kmovw %1, %0" : "=k"(mask) : "m"(masks[k]));
            sums[k] = _mm512_mask_add_ps(sums[k], mask, sums[k], weights);
        }
    }
    void store(float *values) const {
        for (int k = 0; k < LANES / 16; k++) _mm512_store_ps(values + 16 * k, sums[k]);
    }
#elif defined(__AVX2__)
    static constexpr int64_t CYCLES = LANES / 4;
    __m256 sums[LANES / 8];

    explicit Sums(const float *values) {
        for (int k = 0; k < LANES / 8; k++) sums[k] = _mm256_load_ps(values + 8 * k);
    }
    // Adding -0 changes no number: a lane's bit, moved to the top, chooses between it and the weight.
    void add(float weight, const Bits<LANES> *lanes) {
        const __m256 weights = _mm256_set1_ps(weight), nothing = _mm256_set1_ps(-0.0f);
        for (int k = 0; k < LANES / 8; k++) {
            const __m256i some = _mm256_set1_epi32(int32_t(*lanes >> k / 4 * 32));
            const __m256i up = _mm256_setr_epi32(31, 30, 29, 28, 27, 26, 25, 24);
            const __m256i top = _mm256_sllv_epi32(some, _mm256_sub_epi32(up, _mm256_set1_epi32(k % 4 * 8)));
            sums[k] = _mm256_add_ps(sums[k], _mm256_blendv_ps(nothing, weights, _mm256_castsi256_ps(top)));
        }
    }
    void store(float *values) const {
        for (int k = 0; k < LANES / 8; k++) _mm256_store_ps(values + 8 * k, sums[k]);
    }
#else
    static constexpr int64_t CYCLES = LANES;
    alignas(32) float sums[LANES];

    explicit Sums(const float *values) { std::memcpy(sums, values, sizeof(sums)); }
    // Adding -0 changes no number: the weight where a bit is set, and -0 elsewhere.
    void add(float weight, const Bits<LANES> *lanes) {
        uint32_t flipped;
        std::memcpy(&flipped, &weight, 4);
        flipped ^= 1u << 31;
        for (int half = 0; half < LANES; half += 32) {
            const uint32_t some = *lanes >> half;
            alignas(32) uint32_t added[32];
            alignas(32) float numbers[32];
            for (int k = 0; k < 32; k++) added[k] = 1u << 31 ^ (-(some >> k & 1) & flipped);
            std::memcpy(numbers, added, sizeof(added));
            for (int k = 0; k < 32; k++) sums[half + k] += numbers[k];
        }
    }
    void store(float *values) const { std::memcpy(values, sums, sizeof(sums)); }
#endif
};

}  // namespace lsm
