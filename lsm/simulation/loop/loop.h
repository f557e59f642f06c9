// What a compiled closed loop does besides Brian2's generated code: it filters spikes, reads them
// out, learns and feeds back. numpy_program.py is the same thing for Brian2's NumPy target, with
// sums in the same order; program.py says what the files of a job hold.
#pragma once
#include "job.h"
#include "spikes.h"

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

// Recursive least squares. P is symmetric, so rows end with the block that holds the diagonal;
// and as reading it is what takes time, PENDING updates wait until they are applied together:
// P = scale (rows - sum over pending of gain c c').
struct LeastSquares {
    static constexpr std::size_t PENDING = 16;
    std::size_t n = 0, size = 0, waiting = 0;
    double scale = 1.0, forgetting = 1.0;
    bool textbook = true;
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

    // Learn from one error an output. Says what has diverged, and has then learned nothing.
    const char *learn(const std::vector<double> &r, const std::vector<double> &error, std::vector<double> &decoder) {
        project(r);
        const double seen = dot(r.data(), c.data(), size), divisor = forgetting + seen;
        if (!(seen > -1e-6 && std::isfinite(divisor))) return "P";
        std::vector<double> learned = decoder;
        for (std::size_t k = 0; k < error.size(); k++)
            add(&learned[k * size], textbook ? -(error[k] / divisor) : -error[k], c.data(), size);
        for (const double weight : learned)
            if (!std::isfinite(weight)) return "decoder";
        decoder = learned;
        std::copy(c.begin(), c.end(), &pending[waiting * size]);
        gain[waiting++] = 1.0 / (scale * divisor);
        scale /= forgetting;
        if (waiting == PENDING) apply();
        return "";
    }
};

// Rows of numbers that are read one after another, as they may be more than memory holds.
struct Rows {
    std::ifstream file;
    std::vector<double> now;

    void open(const std::string &name, std::size_t columns) {
        now.assign(columns, 0.0);
        file.open(path(name), std::ios::binary);
    }

    void next() {
        if (now.size() && !file.read(reinterpret_cast<char *>(now.data()), now.size() * sizeof(double)))
            fail("the job's signals are too short");
    }
};

// Results that are written while they come.
struct Results {
    std::ofstream file;
    std::string name;

    void open(const std::string &name_) {
        name = name_;
        file.open(path(name), std::ios::binary);
    }

    template <class T> void put(const T *values, std::size_t size) {
        file.write(reinterpret_cast<const char *>(values), size * sizeof(T));
    }

    void close() {
        file.close();
        if (!file) fail("cannot write " + path(name) + " (is the disk full?)");
    }
};

struct Loop {
    int64_t n, outputs, channels, first, steps, every, probe_every, output_every, longest, has_target;
    std::size_t neurons = 0, size = 0;
    std::vector<double> filter_constants, filtered, rising, decoder, current, z, error, fed;
    std::vector<double> encoder, input_weight, drive_base, drive_slope;
    std::vector<int64_t> learning, teaching;
    std::vector<int32_t> edge_target, probed_potentials, probed_weights, probed_filtered, fired, recent_neuron, recent_step;
    std::vector<char> spikes_kept;
    std::vector<uint64_t> noise_prefix;
    std::vector<float *> state_arrays, drives;
    std::vector<std::vector<int32_t>> recent;  // spikes of the last steps, circular
    int32_t *release = nullptr;
    int64_t now = 0;
    LeastSquares squares;
    Rows target, input;
    Results out, potentials, weights, traces, spike_neuron, spike_step;

    Loop() {
        flush_denormals();
        const std::vector<int64_t> shape = load<int64_t>("shape");
        n = shape[0], outputs = shape[1], channels = shape[2], first = shape[3], steps = shape[4];
        every = shape[5], probe_every = shape[6], output_every = shape[7], longest = shape[8];
        has_target = shape[9], squares.textbook = shape[10], squares.waiting = shape[11];
        size = LeastSquares::width(n - 1);
        filter_constants = load<double>("filter_constants");
        const std::vector<double> rule = load<double>("rule");
        squares.forgetting = rule[0], squares.scale = rule[1];
        squares.n = n, squares.size = size;
        squares.rows = load<double>("covariance");
        squares.pending = load<double>("pending");
        squares.gain = load<double>("pending_gain");
        squares.c.assign(size, 0.0);
        squares.above.assign(size, 0.0);
        filtered = load<double>("filtered");
        rising = load<double>("rising");
        decoder = load<double>("decoder");
        encoder = load<double>("encoder");
        input_weight = load<double>("input_weight");
        drive_base = load<double>("drive_base");
        drive_slope = load<double>("drive_slope");
        learning = load<int64_t>("learning");
        teaching = load<int64_t>("teaching");
        edge_target = load<int32_t>("edge_target");
        probed_potentials = load<int32_t>("probed_potentials");
        probed_weights = load<int32_t>("probed_weights");
        probed_filtered = load<int32_t>("probed_filtered");
        spikes_kept = load<char>("spikes_kept");
        recent_neuron = load<int32_t>("recent_neuron");
        recent_step = load<int32_t>("recent_step");
        fed = load<double>("fed");
        error.assign(outputs, 0.0);
        z.assign(outputs, 0.0);
        recent.resize(longest);
        target.open("target", has_target ? outputs : 0);
        input.open("inputs", channels);
        out.open("outputs");
        potentials.open("potentials");
        weights.open("weights");
        traces.open("traces");
        spike_neuron.open("spike_neuron");
        spike_step.open("spike_step");
    }

    void attach(int32_t *release_, std::vector<float *> drives_, std::vector<float *> state_arrays_, std::size_t neurons_) {
        release = release_, drives = drives_, state_arrays = state_arrays_, neurons = neurons_;
        const std::vector<float> start = load<float>("start");
        for (std::size_t k = 0; k < state_arrays.size(); k++)
            std::copy_n(&start[k * n], n, state_arrays[k]);
        fill(release, neurons, "release");
        for (uint64_t key : load<uint64_t>("noise_key")) noise_prefix.push_back(mix(mix(0, 0), key));
        noise_prefix.resize(neurons, 0);
        now = first - 1;
        input.next();
        drive();
    }

    // Spikes that were on their way when the loop stopped.
    void send_recent() {
        std::size_t k = 0;
        for (int64_t step = first - longest; step < first; step++) {
            const std::size_t begin = k;
            while (k < recent_step.size() && recent_step[k] == step) k++;
            spikes_in_flight().advance(recent_neuron.data() + begin, k - begin);
            if (step >= 0) recent[step % longest].assign(recent_neuron.begin() + begin, recent_neuron.begin() + k);
        }
    }

    static bool within(const std::vector<int64_t> &windows, int64_t step) {
        for (std::size_t k = 0; k < windows.size(); k += 2)
            if (step >= windows[k] && step < windows[k + 1]) return true;
        return false;
    }

    // The current of the next step: what is fed back, and the inputs.
    void drive() {
        current.assign(size, 0.0);
        for (int64_t k = 0; k < outputs; k++) add(current.data(), fed[k], &encoder[k * size], size);
        for (int64_t k = 0; k < channels; k++)
            if (input.now[k] != 0.0) add(current.data(), input.now[k], &input_weight[k * size], size);
        for (std::size_t d = 0; d < drives.size(); d++)
            for (int64_t i = 0; i < n; i++)
                drives[d][i] = float(drive_base[d * n + i] + drive_slope[d * n + i] * current[i]);
    }

    void filter() {
        const double left = filter_constants[0], decay = filter_constants[1], risen = filter_constants[2];
        for (std::size_t i = 0; i < size; i++) {
            filtered[i] = left * filtered[i] + risen * rising[i];
            rising[i] *= decay;
        }
        const int32_t step = now;
        for (const int32_t i : fired) {
            rising[i] += 1.0;
            if (!spikes_kept[i]) continue;
            spike_neuron.put(&i, 1);
            spike_step.put(&step, 1);
        }
        if (longest) recent[now % longest] = fired;
        fired.clear();
    }

    void probe() {
        for (const int32_t i : probed_potentials) potentials.put(&state_arrays[0][i], 1);
        for (const int32_t i : probed_weights)
            for (int64_t k = 0; k < outputs; k++) weights.put(&decoder[k * size + i], 1);
        for (const int32_t i : probed_filtered) traces.put(&filtered[i], 1);
    }

    // The end of a step.
    int32_t advance(int32_t step) {
        now = first + step;
        filter();
        target.next();
        for (int64_t k = 0; k < outputs; k++) {
            z[k] = dot(&decoder[k * size], filtered.data(), size);
            if (!std::isfinite(z[k])) end("decoder");
            if (has_target) error[k] = z[k] - target.now[k];
        }
        if (now % output_every == 0) out.put(z.data(), outputs);
        fed = within(teaching, now) ? target.now : z;
        if (now % every == 0 && within(learning, now)) {
            const std::string diverged = squares.learn(filtered, error, decoder);
            if (!diverged.empty()) end(diverged);
        }
        if (now % probe_every == 0) probe();
        if (step + 1 == steps) end("");
        if (steps >= 100 && (step + 1) % (steps / 100) == 0) {
            std::printf("%d\n", step + 1);
            std::fflush(stdout);
        }
        input.next();
        drive();
        return step + 1;
    }

    [[noreturn]] void end(const std::string &diverged) {
        for (Results *results : {&out, &potentials, &weights, &traces, &spike_neuron, &spike_step}) results->close();
        now++;
        std::vector<float> start;
        for (const float *array : state_arrays) start.insert(start.end(), array, array + n);
        // From here on the next step is the first.
        std::vector<int32_t> waits(n), late_neuron, late_step;
        for (int64_t i = 0; i < n; i++) waits[i] = std::max<int64_t>(release[i] - (now - first), 0);
        for (int64_t step = std::max<int64_t>(now - longest, 0); step < now; step++)
            for (const int32_t i : recent[step % longest]) late_neuron.push_back(i), late_step.push_back(step);
        save("start", start);
        save("waits", waits);
        save("filtered", filtered);
        save("rising", rising);
        save("decoder", decoder);
        save("covariance", squares.rows);
        save("pending", squares.pending);
        save("pending_gain", squares.gain);
        save("fed", fed);
        save("recent_neuron", late_neuron);
        save("recent_step", late_step);
        save("scale", std::vector<double>{squares.scale});
        save("count", std::vector<int64_t>{now, int64_t(squares.waiting)});
        save("diverged", std::vector<char>(diverged.begin(), diverged.end()));
        std::_Exit(0);  // nobody reads what Brian2 writes at the end of a program
    }
};

inline Loop &loop() {
    static Loop the_loop;
    return the_loop;
}

}  // namespace lsm

// The functions that Brian2's generated code calls, by the names in network.py.

inline int32_t lsm_advance(int32_t step) { return lsm::loop().advance(step); }

inline int32_t lsm_tally_spike(int32_t i) {
    lsm::loop().fired.push_back(i);
    return 1;
}

inline float lsm_noise_at(int32_t i) {
    const lsm::Loop &loop = lsm::loop();
    return lsm::noise(lsm::mix(loop.noise_prefix[i], uint64_t(loop.now + 1)));
}

inline int32_t lsm_edge_target(int32_t k) { return lsm::loop().edge_target[k]; }
inline float lsm_efficacy(int32_t) { return 1.0f; }
