/* Allocation: the shared vectors, the explanation, and every misuse of the functions. */
#include "test.h"

#include "vectors/allocation.h"

static provisor_hub hub(const char *name, uint16_t weight) {
    provisor_hub made;
    made.name = name;
    made.name_len = name == NULL ? 0 : strlen(name);
    made.weight = weight;
    return made;
}

static provisor_hubs *linked(const char *scope, const provisor_hub *hubs, size_t len) {
    provisor_rejection *rejection = test_garbage();
    provisor_hubs *made = NULL;
    CHECK_STATUS(provisor_hubs_new(scope, strlen(scope), hubs, len, &made, &rejection), PROVISOR_OK);
    CHECK(made != NULL && rejection == NULL);
    return made;
}

static void vectors(void) {
    size_t i;
    for (i = 0; i < sizeof allocation_cases / sizeof allocation_cases[0]; i++) {
        const struct allocation_case *c = &allocation_cases[i];
        provisor_hubs *hubs = linked(c->scope, c->hubs, c->hubs_len);
        provisor_rejection *rejection = NULL;
        size_t place = SIZE_MAX;
        if (c->hub == NULL) {
            CHECK_REJECTED(provisor_hubs_allocate(hubs, c->device, strlen(c->device), &place,
                                                  &rejection),
                           rejection, (provisor_status)c->number);
            CHECK(place == SIZE_MAX);
        } else {
            CHECK_STATUS(provisor_hubs_allocate(hubs, c->device, strlen(c->device), &place, NULL),
                         PROVISOR_OK);
            CHECK(place < c->hubs_len && strcmp(c->hubs[place].name, c->hub) == 0);
        }
        provisor_hubs_free(hubs);
    }
}

/* The place is that of the caller's array, whatever the order of the names. */
static void places(void) {
    provisor_hub forwards[3];
    provisor_hub backwards[3];
    provisor_hubs *one;
    provisor_hubs *other;
    char id[16];
    int device;
    forwards[0] = backwards[2] = hub("a.example.net", 1);
    forwards[1] = backwards[1] = hub("b.example.net", 1);
    forwards[2] = backwards[0] = hub("c.example.net", 1);
    one = linked("0ne0A1B2C3D", forwards, 3);
    other = linked("0ne0a1b2c3d", backwards, 3);
    for (device = 0; device < 20; device++) {
        size_t here = 9;
        size_t there = 9;
        int len = snprintf(id, sizeof id, "line-7-%d", device);
        CHECK_STATUS(provisor_hubs_allocate(one, id, (size_t)len, &here, NULL), PROVISOR_OK);
        CHECK_STATUS(provisor_hubs_allocate(other, id, (size_t)len, &there, NULL), PROVISOR_OK);
        CHECK(here < 3 && here + there == 2);
    }
    provisor_hubs_free(one);
    provisor_hubs_free(other);
}

/* The objects hold copies: the caller's memory may go. */
static void copies(void) {
    char *name = (char *)malloc(13);
    provisor_hub *array = (provisor_hub *)malloc(sizeof *array);
    provisor_hubs *hubs;
    size_t place = 9;
    if (name == NULL || array == NULL) {
        exit(EXIT_FAILURE);
    }
    memcpy(name, "a.example.net", 13);
    array->name = name;
    array->name_len = 13;
    array->weight = 1;
    hubs = linked("0ne0A1B2C3D", array, 1);
    memset(name, 0, 13);
    free(name);
    free(array);
    CHECK_STATUS(provisor_hubs_allocate(hubs, "x", 1, &place, NULL), PROVISOR_OK);
    CHECK(place == 0);
    provisor_hubs_free(hubs);
}

static void explained(void) {
    provisor_hub array[2];
    provisor_hubs *hubs;
    provisor_rejection *rejection = NULL;
    size_t needed = 0;
    char *text;
    array[0] = hub("a.example.net", 1);
    array[1] = hub("b.example.net", 0);
    hubs = linked("0ne0A1B2C3D", array, 2);
    CHECK_REJECTED(provisor_hubs_explain(hubs, "line-7", 6, NULL, 0, &needed, &rejection), rejection,
                   PROVISOR_ARG_BUFFER_TOO_SMALL);
    CHECK(needed > 0);
    text = (char *)malloc(needed + 1);
    if (text == NULL) {
        exit(EXIT_FAILURE);
    }
    CHECK_STATUS(provisor_hubs_explain(hubs, "line-7", 6, text, needed + 1, NULL, NULL), PROVISOR_OK);
    CHECK(strlen(text) == needed);
    CHECK(strstr(text, "a.example.net") != NULL && strstr(text, "weight 0") != NULL);
    CHECK_REJECTED(provisor_hubs_explain(NULL, "line-7", 6, text, needed, NULL, &rejection),
                   rejection, PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_hubs_explain(hubs, "a b", 3, text, needed, NULL, &rejection), rejection,
                   PROVISOR_ID_CHARACTER);
    CHECK_REJECTED(provisor_hubs_explain(hubs, NULL, 3, text, needed, NULL, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    free(text);
    provisor_hubs_free(hubs);
}

static void misuse_of_new(void) {
    provisor_hub array[2];
    provisor_hubs *hubs = NULL;
    provisor_rejection *rejection = NULL;
    array[0] = hub("a.example.net", 1);
    array[1] = hub("A.example.net", 1);

    CHECK_REJECTED(provisor_hubs_new("s", 1, array, 1, NULL, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_hubs_new(NULL, 1, array, 1, &hubs, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_hubs_new(NULL, 0, array, 1, &hubs, &rejection), rejection,
                   PROVISOR_ID_EMPTY);
    CHECK_REJECTED(provisor_hubs_new("s", 1, NULL, 1, &hubs, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_hubs_new("s", 1, array, SIZE_MAX, &hubs, &rejection), rejection,
                   PROVISOR_ARG_LENGTH);
    CHECK_REJECTED(provisor_hubs_new("s", 1, array, 2, &hubs, &rejection), rejection,
                   PROVISOR_ALLOC_DUPLICATE_HUB);
    array[1] = hub("b.example.net", 1001);
    CHECK_STATUS(provisor_hubs_new("s", 1, array, 2, &hubs, &rejection), PROVISOR_ALLOC_WEIGHT);
    CHECK(strstr(provisor_rejection_subject(rejection, NULL), "linked[1]") != NULL);
    provisor_rejection_free(rejection);
    rejection = NULL;
    array[1] = hub("b_example", 1);
    CHECK_REJECTED(provisor_hubs_new("s", 1, array, 2, &hubs, &rejection), rejection,
                   PROVISOR_ID_CHARACTER);
    array[1] = hub(NULL, 1);
    CHECK_REJECTED(provisor_hubs_new("s", 1, array, 2, &hubs, &rejection), rejection,
                   PROVISOR_ID_EMPTY);
    array[1].name_len = 3;
    CHECK_REJECTED(provisor_hubs_new("s", 1, array, 2, &hubs, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    CHECK(hubs == NULL);

    /* No hub is legal; it is the allocation that refuses. */
    CHECK_STATUS(provisor_hubs_new("s", 1, NULL, 0, &hubs, NULL), PROVISOR_OK);
    provisor_hubs_free(hubs);
    provisor_hubs_free(NULL);
}

static void misuse_of_allocate(void) {
    provisor_hub array[1];
    provisor_hubs *hubs;
    provisor_rejection *rejection = NULL;
    size_t place = 9;
    array[0] = hub("a.example.net", 1);
    hubs = linked("s", array, 1);
    CHECK_REJECTED(provisor_hubs_allocate(NULL, "x", 1, &place, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_hubs_allocate(hubs, "x", 1, NULL, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_hubs_allocate(hubs, NULL, 1, &place, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_hubs_allocate(hubs, NULL, 0, &place, &rejection), rejection,
                   PROVISOR_ID_EMPTY);
    CHECK_REJECTED(provisor_hubs_allocate(hubs, "\xc3\x28", 2, &place, &rejection), rejection,
                   PROVISOR_ARG_UTF8);
    CHECK(place == 9);
    provisor_hubs_free(hubs);
}

int main(void) {
    vectors();
    places();
    copies();
    explained();
    misuse_of_new();
    misuse_of_allocate();
    return test_end("allocation");
}
