// What a compiled closed loop does besides Brian2's generated code: it filters spikes, reads them
// out, learns and feeds back. numpy_program.py is the same thing for Brian2's NumPy target, with
// sums in the same order; program.py says what the files of a job hold.
#pragma once
#include "rule.h"
#include "signals.h"
#include "spikes.h"
// The text of the rule that the readout names; build.py writes it beside the generated code.
#include "learning_rule.h"

namespace lsm {

struct Loop {
    int64_t n, outputs, first, steps, every, probe_every, output_every, longest;
    bool has_target, has_gate;
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
    std::unique_ptr<Rule> rule;
    Source<double> target, gate;
    SparseRows input;
    Results out, potentials, weights, traces, spike_neuron, spike_step;

    Loop() {
        flush_denormals();
        end_with_input();
        const std::vector<int64_t> shape = load<int64_t>("shape");
        n = shape[0], outputs = shape[1], first = shape[3], steps = shape[4];
        every = shape[5], probe_every = shape[6], output_every = shape[7], longest = shape[8];
        has_target = shape[9], has_gate = shape[10];
        size = padded(n);
        const std::vector<char> name = load<char>("learning_rule");
        rule = make_rule(std::string(name.begin(), name.end()), n);
        filter_constants = load<double>("filter_constants");
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
        target.open("target");
        gate.open("gate");
        input.open("input");
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
        for (std::size_t k = 0; k < input.value.now.size(); k++)
            add(current.data(), input.value.now[k], &input_weight[input.channel.now[k] * size], size);
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
        target.next(has_target ? outputs : 0);
        gate.next(has_gate);
        for (int64_t k = 0; k < outputs; k++) {
            z[k] = dot(&decoder[k * size], filtered.data(), size);
            if (!std::isfinite(z[k])) end("weights");
            if (has_target) error[k] = z[k] - target.now[k];
        }
        if (now % output_every == 0) out.put(z.data(), outputs);
        fed = within(teaching, now) ? target.now : z;
        if (now % every == 0 && within(learning, now)) {
            const std::string diverged = rule->learn(filtered, error, has_gate ? gate.now[0] : 1.0, decoder);
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
        rule->keep();
        save("fed", fed);
        save("recent_neuron", late_neuron);
        save("recent_step", late_step);
        save("count", std::vector<int64_t>{now});
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
