// Processes started by Qt, for ThreadSanitizer: its own clone() ends the program by a failed check
// when the child shares nothing with it but its memory's copy, as Qt's children do until they
// become another program. The system's is called instead.
#include <dlfcn.h>
#include <sched.h>

#include <cstdarg>
#include <sys/types.h>

extern "C" int clone(int (*function)(void *), void *stack, int flags, void *argument, ...)
{
    va_list others;
    va_start(others, argument);
    auto *const parent = va_arg(others, pid_t *);
    auto *const storage = va_arg(others, void *);
    auto *const child = va_arg(others, pid_t *);
    va_end(others);
    using Clone = int (*)(int (*)(void *), void *, int, void *, ...);
    static const auto ofTheSystem = reinterpret_cast<Clone>(dlsym(RTLD_NEXT, "clone"));
    return ofTheSystem(function, stack, flags, argument, parent, storage, child);
}
