// CPU times from the kernel's own accounts.
#include "meter.h"

#include <cinttypes>
#include <cstdio>
#include <ctime>

#include <sys/resource.h>

namespace Bench {
namespace {

std::int64_t microseconds(const timeval &time)
{
    return std::int64_t(time.tv_sec) * 1'000'000 + time.tv_usec;
}

std::int64_t microseconds(const timespec &time)
{
    return std::int64_t(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

} // namespace

Meter::Clocks Meter::now()
{
    timespec thread{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &thread);
    timespec wall{};
    clock_gettime(CLOCK_MONOTONIC, &wall);
    rusage process{};
    getrusage(RUSAGE_SELF, &process);
    return { microseconds(thread), microseconds(process.ru_utime) + microseconds(process.ru_stime),
             microseconds(wall) };
}

void Meter::report(const char *library, const char *more) const
{
    Clocks used;
    if (m_bytes > 0 || m_messages > 0) {
        const Clocks end = now();
        used = { end.threadCpu - m_start.threadCpu, end.processCpu - m_start.processCpu,
                 end.wall - m_start.wall };
    }
    std::printf("{\"library\": \"%s\", \"messages\": %" PRIu64 ", \"bytes\": %" PRIu64
                ", \"thread_cpu_us\": %" PRId64 ", \"process_cpu_us\": %" PRId64
                ", \"wall_us\": %" PRId64 "%s%s}\n",
                library, m_messages, m_bytes, used.threadCpu, used.processCpu, used.wall,
                *more ? ", " : "", more);
    std::fflush(stdout);
}

} // namespace Bench
