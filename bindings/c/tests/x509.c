/* Certificate chains: the shared vectors, explanations, and every misuse of the functions. */
#include "test.h"

#include "vectors/x509.h"

#define CASES (sizeof x509_cases / sizeof x509_cases[0])
#define MOST 8

/* A vector's chain as the functions take it. */
struct chain {
    provisor_bytes intermediates[MOST];
    provisor_bytes anchors[MOST];
};

static provisor_bytes bytes(struct octets octets) {
    provisor_bytes made;
    made.data = octets_data(octets);
    made.len = octets.len;
    return made;
}

static struct chain chain_of(const struct x509_case *c) {
    struct chain chain;
    size_t i;
    memset(&chain, 0, sizeof chain);
    if (c->intermediates_len > MOST || c->anchors_len > MOST) {
        exit(EXIT_FAILURE);
    }
    for (i = 0; i < c->intermediates_len; i++) {
        chain.intermediates[i] = bytes(c->intermediates[i]);
    }
    for (i = 0; i < c->anchors_len; i++) {
        chain.anchors[i] = bytes(c->anchors[i]);
    }
    return chain;
}

static provisor_profile profile_of(const char *name) {
    static const char *const names[] = {"device", "issuing-ca", "idevid", "ek", "ak"};
    static const provisor_profile profiles[] = {
        PROVISOR_PROFILE_DEVICE, PROVISOR_PROFILE_ISSUING_CA, PROVISOR_PROFILE_IDEVID,
        PROVISOR_PROFILE_EK, PROVISOR_PROFILE_AK,
    };
    size_t i;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return profiles[i];
        }
    }
    fprintf(stderr, "the vectors have a profile %s that is not tested here\n", name);
    exit(EXIT_FAILURE);
}

static const struct x509_case *case_named(const char *name) {
    size_t i;
    for (i = 0; i < CASES; i++) {
        if (strcmp(x509_cases[i].name, name) == 0) {
            return &x509_cases[i];
        }
    }
    fprintf(stderr, "the vectors have no case %s\n", name);
    exit(EXIT_FAILURE);
}

static void accepted(const struct x509_case *c, const provisor_path *path) {
    size_t depth;
    size_t len = 0;
    CHECK(provisor_path_length(path) == c->path_len);
    for (depth = 0; depth < c->path_len; depth++) {
        const char *subject = provisor_path_subject(path, depth, &len);
        CHECK(strcmp(subject, c->path[depth]) == 0 && len == strlen(subject));
        CHECK(provisor_path_certificate(path, depth, &len) != NULL && len > 0);
    }
    CHECK(memcmp(provisor_path_certificate(path, 0, &len), c->leaf.data, c->leaf.len) == 0);
    CHECK(len == c->leaf.len);
    CHECK(strcmp(provisor_path_anchor(path, &len), c->anchor) == 0 && len == strlen(c->anchor));

    /* Beyond the end there is nothing, and no accident. */
    CHECK(provisor_path_certificate(path, c->path_len, &len) == NULL && len == 0);
    CHECK(strcmp(provisor_path_subject(path, c->path_len, &len), "") == 0 && len == 0);
    CHECK(provisor_path_certificate(path, SIZE_MAX, NULL) == NULL);
}

static void registration_id(const struct x509_case *c) {
    char id[PROVISOR_REGISTRATION_ID_MAX + 1];
    size_t needed = 99;
    provisor_rejection *rejection = NULL;
    provisor_status status = provisor_registration_id_from_certificate(
        OCTETS(c->leaf), PROVISOR_ID_RULES_CURRENT, id, sizeof id, &needed, &rejection);
    CHECK((status == PROVISOR_OK) == (c->registration_id != NULL));
    CHECK((rejection == NULL) == (status == PROVISOR_OK));
    if (status == PROVISOR_OK) {
        CHECK(needed == strlen(id) && strcmp(id, c->registration_id) == 0);
    }
    provisor_rejection_free(rejection);
}

static void explained(const struct x509_case *c, const provisor_verifier *verifier,
                      const struct chain *chain) {
    provisor_explanation *explanation = NULL;
    size_t len = 0;
    provisor_status status =
        provisor_verifier_explain(verifier, OCTETS(c->leaf), chain->intermediates,
                                  c->intermediates_len, c->at, &explanation, NULL);
    if (status != PROVISOR_OK) {
        /* What cannot be read cannot be explained: the status has the reason. */
        CHECK_STATUS(status, (provisor_status)c->number);
        CHECK(explanation == NULL);
        return;
    }
    CHECK_STATUS(provisor_explanation_verdict(explanation),
                 c->anchor != NULL ? (provisor_status)PROVISOR_OK : (provisor_status)c->number);
    CHECK(strlen(provisor_explanation_text(explanation, &len)) == len && len > 100);
    CHECK(provisor_explanation_text(explanation, NULL) != NULL);
    provisor_explanation_free(explanation);
}

static void vector(const struct x509_case *c) {
    struct chain chain = chain_of(c);
    provisor_rejection *rejection = test_garbage();
    provisor_verifier *verifier = NULL;
    provisor_path *path = NULL;
    provisor_status status = provisor_verifier_new(profile_of(c->profile), chain.anchors,
                                                   c->anchors_len, &verifier, &rejection);
    if (status == PROVISOR_OK) {
        CHECK(rejection == NULL);
        status = provisor_verifier_verify(verifier, OCTETS(c->leaf), chain.intermediates,
                                          c->intermediates_len, c->at, &path, &rejection);
        explained(c, verifier, &chain);
    }
    if (c->anchor != NULL) {
        CHECK_STATUS(status, PROVISOR_OK);
        CHECK(rejection == NULL);
        accepted(c, path);
        registration_id(c);
    } else {
        CHECK_STATUS(status, (provisor_status)c->number);
        CHECK(path == NULL);
        check_rejection(&rejection, (provisor_status)c->number, __LINE__);
    }
    provisor_path_free(path);
    provisor_verifier_free(verifier);
}

static void vectors(void) {
    size_t i;
    for (i = 0; i < CASES; i++) {
        vector(&x509_cases[i]);
    }
}

static void misuse_of_new(void) {
    struct chain chain = chain_of(case_named("a P-256 device"));
    provisor_verifier *verifier = NULL;
    provisor_rejection *rejection = NULL;
    const provisor_bytes *anchors = chain.anchors;
    provisor_bytes bad[2];

    CHECK_REJECTED(provisor_verifier_new(0, anchors, 1, &verifier, &rejection), rejection,
                   PROVISOR_ARG_VALUE);
    CHECK_REJECTED(provisor_verifier_new(6, anchors, 1, &verifier, &rejection), rejection,
                   PROVISOR_ARG_VALUE);
    CHECK_REJECTED(provisor_verifier_new(PROVISOR_PROFILE_DEVICE, anchors, 1, NULL, &rejection),
                   rejection, PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_verifier_new(PROVISOR_PROFILE_DEVICE, NULL, 1, &verifier, &rejection),
                   rejection, PROVISOR_ARG_NULL);
    CHECK_REJECTED(
        provisor_verifier_new(PROVISOR_PROFILE_DEVICE, anchors, SIZE_MAX, &verifier, &rejection),
        rejection, PROVISOR_ARG_LENGTH);
    bad[0] = anchors[0];
    bad[1].data = NULL;
    bad[1].len = 1;
    CHECK_REJECTED(provisor_verifier_new(PROVISOR_PROFILE_DEVICE, bad, 2, &verifier, &rejection),
                   rejection, PROVISOR_ARG_NULL);
    bad[1].len = 0;
    CHECK_STATUS(provisor_verifier_new(PROVISOR_PROFILE_DEVICE, bad, 2, &verifier, &rejection),
                 PROVISOR_X509_TRUNCATED);
    CHECK(strstr(provisor_rejection_subject(rejection, NULL), "anchors[1]") != NULL);
    provisor_rejection_free(rejection);
    CHECK(verifier == NULL);
    provisor_verifier_free(NULL);
}

static void misuse_of_verify(void) {
    const struct x509_case *c = case_named("a P-256 device");
    struct chain chain = chain_of(c);
    const provisor_bytes *sent = chain.intermediates;
    provisor_bytes bad[2];
    provisor_verifier *verifier = NULL;
    provisor_path *path = NULL;
    provisor_explanation *explanation = NULL;
    provisor_rejection *r = NULL;
    CHECK_STATUS(provisor_verifier_new(PROVISOR_PROFILE_DEVICE, chain.anchors, 1, &verifier, NULL),
                 PROVISOR_OK);

    CHECK_REJECTED(provisor_verifier_verify(NULL, OCTETS(c->leaf), sent, 1, c->at, &path, &r), r,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_verifier_verify(verifier, NULL, 1, sent, 1, c->at, &path, &r), r,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_verifier_verify(verifier, NULL, 0, sent, 1, c->at, &path, &r), r,
                   PROVISOR_X509_TRUNCATED);
    CHECK_REJECTED(provisor_verifier_verify(verifier, octets_data(c->leaf), SIZE_MAX, sent, 1, c->at,
                                            &path, &r),
                   r, PROVISOR_ARG_LENGTH);
    CHECK_REJECTED(provisor_verifier_verify(verifier, octets_data(c->leaf), c->leaf.len - 1, sent, 1,
                                            c->at, &path, &r),
                   r, PROVISOR_X509_TRUNCATED);
    CHECK_REJECTED(provisor_verifier_verify(verifier, OCTETS(c->leaf), NULL, 1, c->at, &path, &r), r,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_verifier_verify(verifier, OCTETS(c->leaf), NULL, 0, c->at, &path, &r), r,
                   PROVISOR_X509_ISSUER_NOT_FOUND);
    bad[0] = sent[0];
    bad[1].data = NULL;
    bad[1].len = 9;
    CHECK_REJECTED(provisor_verifier_verify(verifier, OCTETS(c->leaf), bad, 2, c->at, &path, &r), r,
                   PROVISOR_ARG_NULL);
    CHECK(path == NULL);
    /* The times at the ends of their type are times like others. */
    CHECK_REJECTED(
        provisor_verifier_verify(verifier, OCTETS(c->leaf), sent, 1, INT64_MIN, &path, &r), r,
        PROVISOR_X509_NOT_YET_VALID);
    CHECK_REJECTED(
        provisor_verifier_verify(verifier, OCTETS(c->leaf), sent, 1, INT64_MAX, &path, &r), r,
        PROVISOR_X509_EXPIRED);
    /* The path is for those who want it. */
    CHECK_STATUS(provisor_verifier_verify(verifier, OCTETS(c->leaf), sent, 1, c->at, NULL, NULL),
                 PROVISOR_OK);

    CHECK_REJECTED(provisor_verifier_explain(verifier, OCTETS(c->leaf), sent, 1, c->at, NULL, &r), r,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(
        provisor_verifier_explain(NULL, OCTETS(c->leaf), sent, 1, c->at, &explanation, &r), r,
        PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_verifier_explain(verifier, NULL, 2, sent, 1, c->at, &explanation, &r), r,
                   PROVISOR_ARG_NULL);
    CHECK_REJECTED(
        provisor_verifier_explain(verifier, OCTETS(c->leaf), NULL, 2, c->at, &explanation, &r), r,
        PROVISOR_ARG_NULL);
    CHECK(explanation == NULL);
    provisor_verifier_free(verifier);
}

static void null_objects(void) {
    size_t len = 99;
    CHECK(provisor_path_length(NULL) == 0);
    CHECK(provisor_path_certificate(NULL, 0, &len) == NULL && len == 0);
    CHECK(strcmp(provisor_path_subject(NULL, 0, &len), "") == 0 && len == 0);
    CHECK(strcmp(provisor_path_anchor(NULL, &len), "") == 0 && len == 0);
    CHECK(strcmp(provisor_explanation_text(NULL, &len), "") == 0 && len == 0);
    CHECK_STATUS(provisor_explanation_verdict(NULL), PROVISOR_ARG_NULL);
    provisor_path_free(NULL);
    provisor_explanation_free(NULL);
}

/* A path and an explanation outlive the verifier and the bytes that they were made from. */
static void copies(void) {
    const struct x509_case *c = case_named("a P-256 device");
    struct chain chain = chain_of(c);
    uint8_t *leaf = (uint8_t *)malloc(c->leaf.len);
    provisor_verifier *verifier = NULL;
    provisor_path *path = NULL;
    size_t len = 0;
    if (leaf == NULL) {
        exit(EXIT_FAILURE);
    }
    memcpy(leaf, c->leaf.data, c->leaf.len);
    CHECK_STATUS(provisor_verifier_new(PROVISOR_PROFILE_DEVICE, chain.anchors, 1, &verifier, NULL),
                 PROVISOR_OK);
    CHECK_STATUS(provisor_verifier_verify(verifier, leaf, c->leaf.len, chain.intermediates, 1, c->at,
                                          &path, NULL),
                 PROVISOR_OK);
    provisor_verifier_free(verifier);
    memset(leaf, 0, c->leaf.len);
    free(leaf);
    CHECK(memcmp(provisor_path_certificate(path, 0, &len), c->leaf.data, c->leaf.len) == 0);
    provisor_path_free(path);
}

int main(void) {
    vectors();
    misuse_of_new();
    misuse_of_verify();
    null_objects();
    copies();
    return test_end("x509");
}
