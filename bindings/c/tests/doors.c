/* One default for all doors: the list that Rust, the command line, C and Python are asked from. */
#include "test.h"

#include "vectors/doors.h"

/* The words of the command line; NULL is what nobody said. */
static provisor_allocation by(const char *word) {
    static const char fixed[] = "static:";
    provisor_allocation made;
    memset(&made, 0, sizeof made);
    if (word == NULL || strcmp(word, "hashed") == 0) {
        made.policy = PROVISOR_POLICY_WEIGHTED;
    } else if (strcmp(word, "evenlyWeighted") == 0) {
        made.policy = PROVISOR_POLICY_EVENLY_WEIGHTED;
    } else if (strncmp(word, fixed, sizeof fixed - 1) == 0) {
        made.policy = PROVISOR_POLICY_STATIC;
        made.static_hub = word + sizeof fixed - 1;
        made.static_hub_len = strlen(made.static_hub);
    }
    /* Any other word stays policy 0, which is refused. */
    return made;
}

int main(void) {
    size_t unsaid = 0;
    size_t i;
    for (i = 0; i < sizeof doors_cases / sizeof doors_cases[0]; i++) {
        const struct doors_case *c = &doors_cases[i];
        provisor_allocation allocation = by(c->policy);
        provisor_hubs *hubs = NULL;
        size_t place = SIZE_MAX;
        CHECK_STATUS(
            provisor_hubs_new(c->scope, strlen(c->scope), c->hubs, c->hubs_len, &hubs, NULL),
            PROVISOR_OK);
        CHECK_STATUS(provisor_hubs_allocate_by(hubs, &allocation, c->device, strlen(c->device),
                                               &place, NULL),
                     PROVISOR_OK);
        CHECK(place < c->hubs_len && strcmp(c->hubs[place].name, c->hub) == 0);
        if (c->policy == NULL) {
            unsaid++;
            place = SIZE_MAX;
            CHECK_STATUS(provisor_hubs_allocate(hubs, c->device, strlen(c->device), &place, NULL),
                         PROVISOR_OK);
            CHECK(place < c->hubs_len && strcmp(c->hubs[place].name, c->hub) == 0);
        }
        provisor_hubs_free(hubs);
    }
    CHECK(unsaid > 0);
    return test_end("doors");
}
