// Opening many connections: some at once, as a server with thousands of them is slow to take one.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace Load {

/// Appends `count` of what `make` returns, a std::unique_ptr; `make` is called by several threads.
template <typename Object, typename Make>
void appendAtOnce(std::vector<std::unique_ptr<Object>> &objects, std::size_t count, Make make)
{
    constexpr std::size_t most = 32;
    const std::size_t begin = objects.size();
    objects.resize(begin + count);
    std::atomic<std::size_t> next = begin;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < std::min(count, most); ++i) {
        threads.emplace_back([&] {
            for (std::size_t at = next++; at < objects.size(); at = next++)
                objects[at] = make();
        });
    }
    for (std::thread &thread : threads)
        thread.join();
}

} // namespace Load
