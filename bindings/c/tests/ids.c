/* Identifiers: the shared vectors, and every misuse of the functions. */
#include "test.h"

#include "vectors/ids.h"

/* The two functions of a kind in one form; `rules` is only for registration IDs. */
typedef provisor_status (*check_fn)(const char *, size_t, provisor_rejection **);
typedef provisor_status (*normal_fn)(const char *, size_t, char *, size_t, size_t *,
                                     provisor_rejection **);

static provisor_status registration_check(const char *text, size_t len, provisor_rejection **r) {
    return provisor_registration_id_check(text, len, PROVISOR_ID_RULES_CURRENT, r);
}

static provisor_status registration_normal(const char *text, size_t len, char *buffer,
                                           size_t capacity, size_t *needed,
                                           provisor_rejection **r) {
    return provisor_registration_id_normal_form(text, len, PROVISOR_ID_RULES_CURRENT, buffer,
                                                capacity, needed, r);
}

static provisor_status registration_2017_check(const char *text, size_t len,
                                               provisor_rejection **r) {
    return provisor_registration_id_check(text, len, PROVISOR_ID_RULES_2017, r);
}

static provisor_status registration_2017_normal(const char *text, size_t len, char *buffer,
                                                size_t capacity, size_t *needed,
                                                provisor_rejection **r) {
    return provisor_registration_id_normal_form(text, len, PROVISOR_ID_RULES_2017, buffer, capacity,
                                                needed, r);
}

struct kind {
    const char *name;
    check_fn check;
    normal_fn normal;
    size_t longest;
};

static const struct kind kinds[] = {
    {"registration_id", registration_check, registration_normal, PROVISOR_REGISTRATION_ID_MAX},
    {"registration_id_2017", registration_2017_check, registration_2017_normal,
     PROVISOR_REGISTRATION_ID_MAX},
    {"device_id", provisor_device_id_check, NULL, PROVISOR_DEVICE_ID_MAX},
    {"id_scope", provisor_id_scope_check, provisor_id_scope_normal_form, PROVISOR_ID_SCOPE_MAX},
    {"group_id", provisor_group_id_check, provisor_group_id_normal_form, PROVISOR_GROUP_ID_MAX},
    {"hub_name", provisor_hub_name_check, provisor_hub_name_normal_form, PROVISOR_HUB_NAME_MAX},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

static const struct kind *kind_of(const char *name) {
    size_t i;
    for (i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    fprintf(stderr, "the vectors have a kind %s that is not tested here\n", name);
    exit(EXIT_FAILURE);
}

static void accepted(const struct ids_case *c, const struct kind *kind) {
    provisor_rejection *rejection = test_garbage();
    char buffer[256];
    size_t needed = 0;

    CHECK_STATUS(kind->check(c->hex.data, c->hex.len, &rejection), PROVISOR_OK);
    CHECK(rejection == NULL);
    if (kind->normal == NULL) {
        return;
    }
    CHECK(strlen(c->normal) <= kind->longest);
    CHECK_STATUS(kind->normal(c->hex.data, c->hex.len, buffer, sizeof buffer, &needed, &rejection),
                 PROVISOR_OK);
    CHECK(needed == strlen(c->normal) && strcmp(buffer, c->normal) == 0);
}

static void refused(const struct ids_case *c, const struct kind *kind) {
    provisor_rejection *rejection = NULL;
    size_t position = 99;
    char buffer[4] = {'k', 'e', 'p', 't'};
    size_t needed = 99;

    CHECK_STATUS(kind->check(c->hex.data, c->hex.len, &rejection), (provisor_status)c->number);
    CHECK(provisor_rejection_position(rejection, &position) == (c->position >= 0));
    CHECK(c->position < 0 || position == (size_t)c->position);
    check_rejection(&rejection, (provisor_status)c->number, __LINE__);
    if (kind->normal != NULL) {
        CHECK_STATUS(kind->normal(c->hex.data, c->hex.len, buffer, sizeof buffer, &needed, NULL),
                     (provisor_status)c->number);
        CHECK(memcmp(buffer, "kept", 4) == 0 && needed == 99);
    }
}

static void vectors(void) {
    size_t i;
    for (i = 0; i < sizeof ids_cases / sizeof ids_cases[0]; i++) {
        const struct ids_case *c = &ids_cases[i];
        if (c->normal != NULL) {
            accepted(c, kind_of(c->kind));
        } else {
            refused(c, kind_of(c->kind));
        }
    }
}

static void misuse(void) {
    size_t i;
    for (i = 0; i < KINDS; i++) {
        const struct kind *kind = &kinds[i];
        provisor_rejection *rejection = NULL;
        char buffer[8] = {0};
        size_t needed = 99;
        /* Nothing is an empty text, with a pointer and without; an empty text is no identifier. */
        CHECK_REJECTED(kind->check(NULL, 0, &rejection), rejection, PROVISOR_ID_EMPTY);
        CHECK_REJECTED(kind->check("x", 0, &rejection), rejection, PROVISOR_ID_EMPTY);
        CHECK_REJECTED(kind->check(NULL, 1, &rejection), rejection, PROVISOR_ARG_NULL);
        CHECK_REJECTED(kind->check("x", SIZE_MAX, &rejection), rejection, PROVISOR_ARG_LENGTH);
        CHECK_REJECTED(kind->check("a\xff", 2, &rejection), rejection, PROVISOR_ARG_UTF8);
        if (kind->normal == NULL) {
            continue;
        }
        CHECK_REJECTED(kind->normal(NULL, 1, buffer, 8, &needed, &rejection), rejection,
                       PROVISOR_ARG_NULL);
        CHECK(needed == 99);
        /* How long is it? */
        CHECK_REJECTED(kind->normal("abc", 3, NULL, 0, &needed, &rejection), rejection,
                       PROVISOR_ARG_BUFFER_TOO_SMALL);
        CHECK(needed == 3);
        /* No buffer at all: the length is no answer to that. */
        needed = 99;
        CHECK_REJECTED(kind->normal("abc", 3, NULL, 8, &needed, &rejection), rejection,
                       PROVISOR_ARG_NULL);
        CHECK(needed == 99);
        memset(buffer, '!', sizeof buffer);
        CHECK_REJECTED(kind->normal("abc", 3, buffer, 2, &needed, &rejection), rejection,
                       PROVISOR_ARG_BUFFER_TOO_SMALL);
        CHECK(memcmp(buffer, "!!!!!!!!", 8) == 0);
        /* Room for the text, but not for a NUL. */
        CHECK_STATUS(kind->normal("abc", 3, buffer, 3, &needed, NULL), PROVISOR_OK);
        CHECK(memcmp(buffer, "abc!!!!!", 8) == 0);
        CHECK_STATUS(kind->normal("abc", 3, buffer, 4, NULL, NULL), PROVISOR_OK);
        CHECK(memcmp(buffer, "abc\0!!!!", 8) == 0);
    }
}

static void rules(void) {
    provisor_rejection *rejection = NULL;
    CHECK_REJECTED(provisor_registration_id_check("a", 1, 0, &rejection), rejection,
                   PROVISOR_ARG_VALUE);
    CHECK_REJECTED(provisor_registration_id_normal_form("a", 1, 2018, NULL, 0, NULL, &rejection),
                   rejection, PROVISOR_ARG_VALUE);
}

static int count_up(void *context, uint8_t *out, size_t len) {
    uint8_t *next = (uint8_t *)context;
    size_t i;
    for (i = 0; i < len; i++) {
        out[i] = (*next)++;
    }
    return 0;
}

static int fails(void *context, uint8_t *out, size_t len) {
    (void)context;
    (void)out;
    (void)len;
    return -5;
}

static void generated_scopes(void) {
    provisor_rejection *rejection = NULL;
    char buffer[PROVISOR_ID_SCOPE_MAX + 1];
    size_t needed = 0;
    uint8_t next = 1;

    CHECK_STATUS(provisor_id_scope_generate(count_up, &next, buffer, sizeof buffer, &needed, NULL),
                 PROVISOR_OK);
    CHECK(needed == 11 && strcmp(buffer, "0ne01020304") == 0);
    CHECK_STATUS(provisor_id_scope_check(buffer, needed, NULL), PROVISOR_OK);
    CHECK_REJECTED(provisor_id_scope_generate(NULL, NULL, buffer, sizeof buffer, &needed, &rejection),
                   rejection, PROVISOR_ARG_NULL);
    CHECK_STATUS(provisor_id_scope_generate(fails, NULL, buffer, sizeof buffer, &needed, &rejection),
                 PROVISOR_TPM_RANDOM);
    CHECK(strstr(provisor_rejection_found(rejection, NULL), "-5") != NULL);
    provisor_rejection_free(rejection);
    CHECK_REJECTED(provisor_id_scope_generate(count_up, &next, buffer, 10, &needed, &rejection),
                   rejection, PROVISOR_ARG_BUFFER_TOO_SMALL);
}

/* What has no certificate and no key in it. The vectors of chains and TPMs have those that do. */
static void derived(void) {
    provisor_rejection *rejection = NULL;
    const uint8_t bytes[4] = {0x30, 0x02, 0x05, 0x00};
    char buffer[8];
    size_t needed = 99;
    CHECK_REJECTED(provisor_registration_id_from_ek(NULL, 1, buffer, 8, &needed, &rejection),
                   rejection, PROVISOR_ARG_NULL);
    CHECK(provisor_registration_id_from_ek(NULL, 0, buffer, 8, &needed, NULL) != PROVISOR_OK);
    CHECK(provisor_registration_id_from_ek(bytes, 4, buffer, 8, &needed, NULL) != PROVISOR_OK);
    CHECK_REJECTED(provisor_registration_id_from_certificate(NULL, 1, PROVISOR_ID_RULES_CURRENT,
                                                             buffer, 8, &needed, &rejection),
                   rejection, PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_registration_id_from_certificate(bytes, 4, 0, buffer, 8, &needed,
                                                             &rejection),
                   rejection, PROVISOR_ARG_VALUE);
    CHECK(provisor_registration_id_from_certificate(bytes, 4, PROVISOR_ID_RULES_CURRENT, buffer, 8,
                                                    &needed, NULL) != PROVISOR_OK);
    CHECK(needed == 99);
}

int main(void) {
    vectors();
    misuse();
    rules();
    generated_scopes();
    derived();
    return test_end("ids");
}
