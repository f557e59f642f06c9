// Signals of a closed loop, which stream: they may be more than memory holds.
#pragma once
#include "job.h"

namespace lsm {

// Numbers that are read some at a time.
template <class T> struct Source {
    std::ifstream file;
    std::vector<T> now;

    void open(const std::string &name) { file.open(path(name), std::ios::binary); }

    void next(std::size_t count) {
        now.resize(count);
        if (count && !file.read(reinterpret_cast<char *>(now.data()), count * sizeof(T)))
            fail("the job's signals are too short");
    }
};

// Rows of numbers of which most are 0.
struct SparseRows {
    Source<int32_t> count, channel;
    Source<double> value;

    void open(const std::string &name) {
        count.open(name + "_count");
        channel.open(name + "_channel");
        value.open(name + "_value");
    }

    void next() {
        count.next(1);
        channel.next(count.now[0]);
        value.next(count.now[0]);
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

}  // namespace lsm
