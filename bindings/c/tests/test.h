/* Checks for the test programs. Every file beside this one is a program of its own; it prints what
 * failed and ends with the number of checks. Compiled as C99 and as C++11. */
#ifndef PROVISOR_TEST_H
#define PROVISOR_TEST_H

#include <provisor.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long test_checks = 0;
static unsigned long test_failures = 0;

/* Counts a check, and says where it stands when it failed. */
#define CHECK(condition)                                                         \
    do {                                                                         \
        test_checks += 1;                                                        \
        if (!(condition)) {                                                      \
            test_failures += 1;                                                  \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
        }                                                                        \
    } while (0)

/* A call must end with this status. */
#define CHECK_STATUS(call, wanted) check_status((call), (wanted), #call, __FILE__, __LINE__)

static inline void check_status(provisor_status got, provisor_status wanted, const char *call,
                                const char *file, int line) {
    test_checks += 1;
    if (got != wanted) {
        test_failures += 1;
        fprintf(stderr, "%s:%d: %s is %s (%lu), not %s (%lu)\n", file, line, call,
                provisor_status_name(got), (unsigned long)got, provisor_status_name(wanted),
                (unsigned long)wanted);
    }
}

/* A failure sets a rejection that agrees with the status and says something; frees it. */
#define CHECK_REJECTED(call, rejection, wanted)          \
    do {                                                 \
        CHECK_STATUS(call, wanted);                      \
        check_rejection(&(rejection), (wanted), __LINE__); \
    } while (0)

static inline void check_rejection(provisor_rejection **rejection, provisor_status wanted, int line) {
    size_t len = 0;
    const char *text = provisor_rejection_text(*rejection, &len);
    test_checks += 1;
    if (*rejection == NULL || provisor_rejection_code(*rejection) != wanted || len == 0 ||
        strlen(text) != len || strstr(text, provisor_status_name(wanted)) != text) {
        test_failures += 1;
        fprintf(stderr, "line %d: the rejection of %lu is %s\n", line, (unsigned long)wanted, text);
    }
    provisor_rejection_free(*rejection);
    *rejection = NULL;
}

/* Something that a rejection pointer can hold before a call, and must not hold after it. */
static inline provisor_rejection *test_garbage(void) {
    static char garbage;
    return (provisor_rejection *)(void *)&garbage;
}

static inline int test_end(const char *name) {
    printf("%s: %lu checks, %lu failed\n", name, test_checks, test_failures);
    /* A program that checked nothing has not passed. */
    return test_failures == 0 && test_checks > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Bytes of a vector, in a literal: C and C++ agree on char, not on uint8_t. */
struct octets {
    const char *data;
    size_t len;
};

static inline const uint8_t *octets_data(struct octets octets) {
    return (const uint8_t *)octets.data;
}

/* The arguments of a bytes parameter. */
#define OCTETS(octets) octets_data(octets), (octets).len

#endif
