/* The version, and the names of the codes. */
#include "test.h"

/* Usable in the preprocessor, where programs that support several versions need it. */
#if PROVISOR_VERSION_NUMBER < 0x000100
#error "the version number does not grow"
#endif

static void version(void) {
    CHECK(PROVISOR_VERSION_NUMBER == PROVISOR_VERSION_MAJOR * 65536 + PROVISOR_VERSION_MINOR * 256 +
                                         PROVISOR_VERSION_PATCH);
    CHECK(provisor_version() == (uint32_t)PROVISOR_VERSION_NUMBER);
    CHECK(provisor_version() >> 16 == (uint32_t)PROVISOR_VERSION_MAJOR);
    CHECK((provisor_version() >> 8 & 0xff) == (uint32_t)PROVISOR_VERSION_MINOR);
    CHECK((provisor_version() & 0xff) == (uint32_t)PROVISOR_VERSION_PATCH);
}

static void names(void) {
    CHECK(strcmp(provisor_status_name(PROVISOR_OK), "OK") == 0);
    CHECK(strcmp(provisor_status_name(PROVISOR_X509_EXPIRED), "X509_EXPIRED") == 0);
    CHECK(strcmp(provisor_status_name(PROVISOR_ARG_NULL), "ARG_NULL") == 0);
    CHECK(strcmp(provisor_status_name(1), "") == 0);
    CHECK(strcmp(provisor_status_name(UINT32_MAX), "") == 0);
    CHECK(provisor_code_class(PROVISOR_X509_EXPIRED) == PROVISOR_CLASS_DEVICE);
    CHECK(provisor_code_class(PROVISOR_ATTEST_DISABLED) == PROVISOR_CLASS_OPERATOR);
    CHECK(provisor_code_class(PROVISOR_ARG_NULL) == PROVISOR_CLASS_SERVICE);
    CHECK(provisor_code_class(PROVISOR_REG_SAVE_LOST) == PROVISOR_CLASS_TRANSIENT);
    CHECK(provisor_code_class(PROVISOR_OK) == PROVISOR_CLASS_NONE);
    CHECK(provisor_code_class(UINT32_MAX) == PROVISOR_CLASS_NONE);
    /* Numbers that deployed programs rely on. */
    CHECK(PROVISOR_ID_EMPTY == 1001);
    CHECK(PROVISOR_X509_EXPIRED == 2103);
    CHECK(PROVISOR_ALLOC_NO_HUBS == 5001);
    CHECK(sizeof(provisor_status) == 4);
}

int main(void) {
    version();
    names();
    return test_end("version");
}
