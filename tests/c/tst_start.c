/* The engine's threads: as many as asked for, by the options or by the environment. */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <dirent.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Threads of this process that bear the engine's name. */
static int engine_threads(void)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks != NULL);
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
        char path[320], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        if (file && fgets(name, sizeof name, file) && strcmp(name, "wirebird\n") == 0)
            ++count;
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return count;
}

/* Threads name themselves when they begin to run. */
static void wait_for_threads(int expected)
{
    time_t end = time(NULL) + PATIENCE_MS / 1000;
    int count;
    while ((count = engine_threads()) < expected && time(NULL) < end)
        sched_yield();
    CHECK_INT(count, expected);
}

static void options_say_how_many(void)
{
    CHECK_INT(unsetenv("WIREBIRD_THREADS"), 0);
    wirebird_engine_options_t options;
    CHECK_OK(wirebird_engine_options_init(&options, sizeof options));
    options.threads = 1025;
    CHECK_ERROR(wirebird_start(&options), WIREBIRD_ERROR_ARGUMENT, "threads");
    CHECK_INT(engine_threads(), 0);
    options.threads = 3;
    CHECK_OK(wirebird_start(&options));
    wait_for_threads(3);
    CHECK_STATUS(wirebird_start(&options), WIREBIRD_ERROR_STATE);
}

static void the_environment_has_the_last_word(void)
{
    CHECK_INT(setenv("WIREBIRD_THREADS", "2", 1), 0);
    wirebird_engine_options_t options;
    CHECK_OK(wirebird_engine_options_init(&options, sizeof options));
    options.threads = 3;
    CHECK_OK(wirebird_start(&options));
    wait_for_threads(2);
}

/* A process starts its engine once: each case has one of its own. */
static void in_a_process(void (*test)(void))
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        test();
        CHECK_OK(wirebird_shutdown(PATIENCE_MS));
        exit(0);
    }
    int result = -1;
    CHECK_INT(waitpid(child, &result, 0), child);
    CHECK_INT(result, 0);
}

int main(void)
{
    in_a_process(options_say_how_many);
    in_a_process(the_environment_has_the_last_word);
    return 0;
}
