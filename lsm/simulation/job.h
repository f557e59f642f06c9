// What every program needs: the files of its job, hashes, functions that statements call.
#pragma once
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <limits>
#include <poll.h>
#include <string>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <vector>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

// Brian2 2.9 asks for its processor time at every step, for a limit that is not set here: 0.3 us.
// Only a program that is built to be timed (timed.h) is answered, in ticks of the processor.
extern "C" __attribute__((used)) inline std::clock_t clock() noexcept {
#if !defined(LSM_TIMED)
    return 0;
#elif defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return std::chrono::steady_clock::now().time_since_epoch().count();
#endif
}

namespace lsm {

// What neurons and synapses are calculated in.
#if defined(LSM_DOUBLE)
using real = double;
#else
using real = float;
#endif

[[noreturn]] inline void fail(const std::string &message) {
    std::cerr << "liquid program: " << message << std::endl;
    std::_Exit(3);
}

inline std::string path(const std::string &name) {
    const char *folder = std::getenv("LSM_JOB");
    if (!folder) fail("the environment variable LSM_JOB must name the job's folder");
    return std::string(folder) + "/" + name;
}

// The job's arrays: a file, and where each of them is in it.
struct Arrays {
    struct Place {
        std::size_t start, bytes;
    };
    std::ifstream file{path("arrays"), std::ios::binary};
    std::unordered_map<std::string, Place> places;

    Arrays() {
        std::ifstream index(path("index"));
        std::string name;
        for (Place place; index >> name >> place.start >> place.bytes;) places[name] = place;
    }
};

inline Arrays &the_arrays() {
    static Arrays arrays;
    return arrays;
}

template <class T> std::vector<T> load(const std::string &name) {
    Arrays &arrays = the_arrays();
    const auto found = arrays.places.find(name);
    const Arrays::Place place = found == arrays.places.end() ? Arrays::Place{} : found->second;
    std::vector<T> values(place.bytes / sizeof(T));
    arrays.file.seekg(place.start);
    char *const bytes = reinterpret_cast<char *>(values.data());
    if (found == arrays.places.end() || !arrays.file.read(bytes, place.bytes))
        fail("cannot read " + name + " in " + path("arrays"));
    return values;
}

template <class T> void save(const std::string &name, const std::vector<T> &values) {
    std::ofstream file(path(name), std::ios::binary);
    file.write(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
    file.close();
    if (!file) fail("cannot write " + path(name) + " (is the disk full?)");
}

// A new file of zeros as memory: what is large is written once, where its reader finds it.
inline void *map_file(const std::string &name, std::size_t bytes) {
    const int file = open(path(name).c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || posix_fallocate(file, 0, bytes)) fail("cannot write " + path(name) + " (is the disk full?)");
    void *const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) fail("cannot map " + path(name) + " into memory");
    close(file);
    return memory;
}

template <class T> void fill(T *array, std::size_t size, const std::string &name) {
    const std::vector<T> values = load<T>(name);
    if (values.size() != size) fail(name + " has the wrong length");
    std::copy(values.begin(), values.end(), array);
}

// SplitMix64's finaliser, as in lsm/topology.py.
inline uint64_t mix(uint64_t h, uint64_t integer) {
    h = (h ^ integer) + 0x9E3779B97F4A7C15ull;
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
    return h ^ (h >> 31);
}

// Ends the program when its standard input hangs up: whoever started it has gone. See processes.py.
inline void end_with_input() {
    std::thread([] {
        pollfd input{0, 0, 0};  // nothing but the hang-up, whatever there is to read
        while (!input.revents) poll(&input, 1, -1);
        if (input.revents & POLLHUP) std::_Exit(0);
    }).detach();
}

// Numbers too small to be normal become 0: they cost a hundred times a float. numpy_job.py has the
// same bits.
inline void flush_denormals() {
#if defined(__SSE__)
    _mm_setcsr(_mm_getcsr() | 0x8040);  // FTZ and DAZ
#elif defined(__aarch64__)
    uint64_t control;
    asm volatile("mrs %0, fpcr" : "=r"(control));
    asm volatile("msr fpcr, %0" : : "r"(control | 1 << 24));  // FZ
#endif
}

// Nearly normal noise of unit variance: the sum of four uniform numbers from one hash.
inline float noise(uint64_t h) {
    const int32_t sum = int32_t((h & 0xFFFF) + ((h >> 16) & 0xFFFF) + ((h >> 32) & 0xFFFF) + (h >> 48));
    return float(sum - 131070) * 2.6428998e-5f;
}

}  // namespace lsm

template <class A, class B> inline auto lsm_select(bool condition, A yes, B no) { return condition ? yes : no; }
