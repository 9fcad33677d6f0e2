/* Allocation: the shared vectors, the explanation, and every misuse of the functions. */
#include "test.h"

#include "vectors/allocation.h"
#include "vectors/allocation_rows.h"

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

/* Every row of the conformance set: policy, subset, latencies, salt. */
static void rows(void) {
#if ALLOCATION_ROWS
    size_t i;
    for (i = 0; i < ALLOCATION_ROWS; i++) {
        const struct allocation_row *row = &allocation_rows[i];
        provisor_hubs *hubs = NULL;
        size_t place = SIZE_MAX;
        char name[PROVISOR_HUB_NAME_MAX + 1] = "";
        provisor_status status =
            provisor_hubs_new_salted(row->scope, strlen(row->scope), OCTETS(row->salt),
                                     row->hubs, row->hubs_len, &hubs, NULL);
        if (status == PROVISOR_OK) {
            status = provisor_hubs_allocate_by(hubs, &row->allocation, row->id, strlen(row->id),
                                               &place, NULL);
        }
        if (status == PROVISOR_OK && place < row->hubs_len) {
            CHECK_STATUS(provisor_hub_name_normal_form(row->hubs[place].name,
                                                       row->hubs[place].name_len, name, sizeof name,
                                                       NULL, NULL),
                         PROVISOR_OK);
        }
        if (strcmp(status == PROVISOR_OK ? name : provisor_status_name(status), row->hub) != 0) {
            fprintf(stderr, "vectors.csv:%u: %s, not %s\n", row->line,
                    status == PROVISOR_OK ? name : provisor_status_name(status), row->hub);
            CHECK(!"the row's hub");
        }
        provisor_hubs_free(hubs);
    }
#else
    fprintf(stderr, "the rows of ../shared/allocation are SKIPPED\n");
#endif
}

static provisor_allocation by(provisor_policy policy) {
    provisor_allocation made;
    memset(&made, 0, sizeof made);
    made.policy = policy;
    return made;
}

static void policies_and_lists(void) {
    provisor_hub array[2];
    provisor_hub_name subset[1];
    provisor_latency latencies[1];
    provisor_allocation allocation = by(PROVISOR_POLICY_WEIGHTED);
    provisor_hubs *hubs;
    provisor_rejection *rejection = NULL;
    size_t place = 9;
    char text[1024];
    array[0] = hub("a.example.net", 1);
    array[1] = hub("b.example.net", 0);
    hubs = linked("s", array, 2);
    CHECK_STATUS(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, NULL), PROVISOR_OK);
    CHECK(place == 0);

    allocation = by(PROVISOR_POLICY_STATIC);
    allocation.static_hub = "B.example.net";
    allocation.static_hub_len = 13;
    CHECK_STATUS(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, NULL), PROVISOR_OK);
    CHECK(place == 1);
    CHECK_STATUS(
        provisor_hubs_explain_by(hubs, &allocation, "x", 1, text, sizeof text, NULL, NULL),
        PROVISOR_OK);
    CHECK(strstr(text, "another hub is set") != NULL);
    /* Given and empty is not the same as not given. */
    allocation.restricted = 1;
    CHECK_REJECTED(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, &rejection),
                   rejection, PROVISOR_ALLOC_NO_HUBS);

    allocation = by(PROVISOR_POLICY_LOWEST_LATENCY);
    CHECK_REJECTED(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, &rejection),
                   rejection, PROVISOR_ALLOC_NO_LATENCY);
    latencies[0].name = "a.example.net";
    latencies[0].name_len = 13;
    latencies[0].milliseconds = 7;
    allocation.latencies = latencies;
    allocation.latencies_len = 1;
    CHECK_STATUS(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, NULL), PROVISOR_OK);
    CHECK(place == 0);

    allocation = by(PROVISOR_POLICY_EVENLY_WEIGHTED);
    allocation.restricted = 1;
    allocation.subset = subset;
    allocation.subset_len = 1;
    subset[0].name = "x_y";
    subset[0].name_len = 3;
    CHECK_STATUS(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, &rejection),
                 PROVISOR_ID_CHARACTER);
    CHECK(strstr(provisor_rejection_subject(rejection, NULL), "subset[0]") != NULL);
    provisor_rejection_free(rejection);
    rejection = NULL;
    subset[0].name = "x.y";
    CHECK_REJECTED(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, &rejection),
                   rejection, PROVISOR_ALLOC_HUB_NOT_LINKED);
    allocation.subset = NULL;
    CHECK_REJECTED(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, &rejection),
                   rejection, PROVISOR_ARG_NULL);

    allocation = by(0);
    CHECK_REJECTED(provisor_hubs_allocate_by(hubs, &allocation, "x", 1, &place, &rejection),
                   rejection, PROVISOR_ARG_VALUE);
    CHECK_REJECTED(provisor_hubs_allocate_by(hubs, NULL, "x", 1, &place, &rejection), rejection,
                   PROVISOR_ARG_NULL);
    provisor_hubs_free(hubs);

    hubs = NULL;
    CHECK_REJECTED(provisor_hubs_new_salted("s", 1, (const uint8_t *)"short", 5, array, 2, &hubs,
                                            &rejection),
                   rejection, PROVISOR_ALLOC_SALT);
    CHECK(hubs == NULL);
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
    rows();
    policies_and_lists();
    places();
    copies();
    explained();
    misuse_of_new();
    misuse_of_allocate();
    return test_end("allocation");
}
