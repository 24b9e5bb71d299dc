/* Checks that print where, what and what came instead, and end the program. */
#ifndef WIREBIRD_TESTS_CHECK_H
#define WIREBIRD_TESTS_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wirebird/wirebird.h>

#define CHECK_FAIL(...)                                                                           \
    do {                                                                                          \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                           \
        fprintf(stderr, __VA_ARGS__);                                                             \
        fprintf(stderr, "\n");                                                                    \
        exit(1);                                                                                  \
    } while (0)

#define CHECK(condition)                                                                          \
    do {                                                                                          \
        if (!(condition))                                                                         \
            CHECK_FAIL("%s is false", #condition);                                                \
    } while (0)

#define CHECK_INT(actual, expected)                                                               \
    do {                                                                                          \
        long long actual_ = (long long)(actual), expected_ = (long long)(expected);               \
        if (actual_ != expected_)                                                                 \
            CHECK_FAIL("%s is %lld, expected %s = %lld", #actual, actual_, #expected, expected_); \
    } while (0)

#define CHECK_STATUS(call, expected)                                                              \
    do {                                                                                          \
        wirebird_status_t actual_ = (call), expected_ = (expected);                               \
        if (actual_ != expected_)                                                                 \
            CHECK_FAIL("%s\n    gave %d (%s; last error: %s)\n    expected %s", #call, actual_,   \
                       wirebird_status_text(actual_), wirebird_last_error(), #expected);          \
    } while (0)

#define CHECK_OK(call) CHECK_STATUS(call, WIREBIRD_OK)

/* An error whose message has a word in it: the argument's or setting's name. */
#define CHECK_ERROR(call, expected, word)                                                         \
    do {                                                                                          \
        CHECK_STATUS(call, expected);                                                             \
        if (!strstr(wirebird_last_error(), word))                                                 \
            CHECK_FAIL("%s\n    said \"%s\", which does not name \"%s\"", #call,                  \
                       wirebird_last_error(), word);                                              \
    } while (0)

#define CHECK_BYTES(actual, length, expected)                                                     \
    do {                                                                                          \
        const char *expected_ = (expected);                                                       \
        const void *actual_ = (actual);                                                           \
        size_t length_ = (length);                                                                \
        if (length_ != strlen(expected_) || (length_ && memcmp(actual_, expected_, length_)))     \
            CHECK_FAIL("%s is \"%.*s\", expected \"%s\"", #actual, (int)length_,                  \
                       length_ ? (const char *)actual_ : "", expected_);                          \
    } while (0)

/* Runs a test function and says so. */
#define RUN(test)                                                                                 \
    do {                                                                                          \
        test();                                                                                   \
        printf("ok %s\n", #test);                                                                 \
        fflush(stdout);                                                                           \
    } while (0)

#endif
