/* Rejection objects: what they say, who owns them, and that NULL is always answered. */
#include "test.h"

static void accessors(void) {
    provisor_rejection *rejection = test_garbage();
    size_t position = 99;
    size_t len = 99;
    const char *text;

    CHECK_STATUS(provisor_registration_id_check("line 7", 6, PROVISOR_ID_RULES_CURRENT, &rejection),
                 PROVISOR_ID_CHARACTER);
    CHECK(provisor_rejection_code(rejection) == PROVISOR_ID_CHARACTER);
    CHECK(provisor_rejection_position(rejection, &position));
    CHECK(position == 4);
    CHECK(provisor_rejection_position(rejection, NULL));

    text = provisor_rejection_subject(rejection, &len);
    CHECK(strcmp(text, "registrationId") == 0 && len == strlen(text));
    text = provisor_rejection_expected(rejection, &len);
    CHECK(len > 0 && len == strlen(text));
    text = provisor_rejection_found(rejection, &len);
    CHECK(len > 0 && len == strlen(text));
    text = provisor_rejection_remedy(rejection, &len);
    CHECK(len > 0 && len == strlen(text));
    text = provisor_rejection_spec(rejection, &len);
    CHECK(len > 0 && len == strlen(text));
    text = provisor_rejection_text(rejection, &len);
    CHECK(strstr(text, "ID_CHARACTER (1003): registrationId") == text && len == strlen(text));

    /* The lengths are for those who want them. */
    CHECK(provisor_rejection_subject(rejection, NULL) != NULL);
    CHECK(provisor_rejection_expected(rejection, NULL) != NULL);
    CHECK(provisor_rejection_found(rejection, NULL) != NULL);
    CHECK(provisor_rejection_remedy(rejection, NULL) != NULL);
    CHECK(provisor_rejection_spec(rejection, NULL) != NULL);
    CHECK(provisor_rejection_text(rejection, NULL) != NULL);
    provisor_rejection_free(rejection);
}

static void no_position(void) {
    provisor_rejection *rejection = NULL;
    size_t position = 99;
    CHECK_STATUS(provisor_registration_id_check("a", 1, 0, &rejection), PROVISOR_ARG_VALUE);
    CHECK(!provisor_rejection_position(rejection, &position));
    CHECK(position == 99);
    provisor_rejection_free(rejection);
}

static void null_rejection(void) {
    size_t len = 99;
    size_t position = 99;
    CHECK(provisor_rejection_code(NULL) == PROVISOR_OK);
    CHECK(!provisor_rejection_position(NULL, &position));
    CHECK(!provisor_rejection_position(NULL, NULL));
    CHECK(position == 99);
    CHECK(strcmp(provisor_rejection_expected(NULL, &len), "") == 0 && len == 0);
    CHECK(strcmp(provisor_rejection_found(NULL, NULL), "") == 0);
    CHECK(strcmp(provisor_rejection_remedy(NULL, NULL), "") == 0);
    CHECK(strcmp(provisor_rejection_spec(NULL, NULL), "") == 0);
    CHECK(strcmp(provisor_rejection_subject(NULL, NULL), "") == 0);
    CHECK(strcmp(provisor_rejection_text(NULL, NULL), "") == 0);
    provisor_rejection_free(NULL);
    provisor_rejection_free(NULL);
}

static void success_sets_null(void) {
    provisor_rejection *rejection = test_garbage();
    CHECK_STATUS(provisor_device_id_check("a", 1, &rejection), PROVISOR_OK);
    CHECK(rejection == NULL);
}

/* The status alone is enough for those who want no object. */
static void unwanted(void) {
    CHECK_STATUS(provisor_device_id_check("a", 1, NULL), PROVISOR_OK);
    CHECK_STATUS(provisor_device_id_check("", 0, NULL), PROVISOR_ID_EMPTY);
}

int main(void) {
    accessors();
    no_position();
    null_rejection();
    success_sets_null();
    unwanted();
    return test_end("rejection");
}
