/* TPM Names and challenges: the shared vectors, single use, and every misuse of the functions. */
#include "test.h"

#include "vectors/tpm.h"

#define CASES (sizeof tpm_cases / sizeof tpm_cases[0])

/* Randomness written down beforehand; fails when it is used up. */
struct script {
    struct octets rest;
};

static int scripted(void *context, uint8_t *out, size_t len) {
    struct script *script = (struct script *)context;
    if (len > script->rest.len) {
        return 1;
    }
    memcpy(out, script->rest.data, len);
    script->rest.data += len;
    script->rest.len -= len;
    return 0;
}

static provisor_challenge *challenge_of(const struct tpm_case *c) {
    struct script script;
    provisor_challenge *challenge = NULL;
    provisor_rejection *rejection = test_garbage();
    script.rest = c->random;
    CHECK_STATUS(provisor_challenge_new(OCTETS(c->ek), OCTETS(c->srk), c->expires, scripted, &script,
                                        &challenge, &rejection),
                 PROVISOR_OK);
    CHECK(challenge != NULL && rejection == NULL && script.rest.len == 0);
    return challenge;
}

static void same(const uint8_t *data, size_t len, struct octets wanted) {
    CHECK(data != NULL && len == wanted.len && memcmp(data, wanted.data, len) == 0);
}

static void name(struct octets public_area, struct octets wanted) {
    uint8_t buffer[PROVISOR_TPM_NAME_MAX];
    size_t needed = 0;
    provisor_rejection *rejection = NULL;
    CHECK_STATUS(provisor_tpm_name(OCTETS(public_area), buffer, sizeof buffer, &needed, NULL),
                 PROVISOR_OK);
    same(buffer, needed, wanted);
    needed = 0;
    CHECK_REJECTED(provisor_tpm_name(OCTETS(public_area), buffer, wanted.len - 1, &needed, &rejection),
                   rejection, PROVISOR_ARG_BUFFER_TOO_SMALL);
    CHECK(needed == wanted.len);
}

static void registration_id(const struct tpm_case *c) {
    char id[PROVISOR_REGISTRATION_ID_MAX + 1];
    size_t needed = 0;
    CHECK_STATUS(provisor_registration_id_from_ek(OCTETS(c->ek), id, sizeof id, &needed, NULL),
                 PROVISOR_OK);
    CHECK(needed == 52 && strcmp(id, c->registration_id) == 0);
}

/* Each kind of answer needs a challenge of its own, because each uses it up. */
static void answers(const struct tpm_case *c) {
    provisor_rejection *rejection = test_garbage();
    uint8_t wrong[64];
    const uint8_t *data;
    size_t len = 0;
    provisor_challenge *challenge = challenge_of(c);

    data = provisor_challenge_id_object(challenge, &len);
    same(data, len, c->id_object);
    data = provisor_challenge_encrypted_secret(challenge, &len);
    same(data, len, c->encrypted_secret);
    CHECK_STATUS(provisor_challenge_verify(challenge, OCTETS(c->answer), c->expires, &rejection),
                 PROVISOR_OK);
    CHECK(rejection == NULL);
    CHECK_REJECTED(provisor_challenge_verify(challenge, OCTETS(c->answer), c->expires, &rejection),
                   rejection, PROVISOR_ATTEST_CHALLENGE_USED);
    /* What went out can still be read. */
    data = provisor_challenge_id_object(challenge, &len);
    same(data, len, c->id_object);
    provisor_challenge_free(challenge);

    challenge = challenge_of(c);
    memcpy(wrong, c->answer.data, c->answer.len);
    wrong[c->answer.len - 1] ^= 1;
    CHECK_REJECTED(provisor_challenge_verify(challenge, wrong, c->answer.len, c->expires, &rejection),
                   rejection, PROVISOR_TPM_CHALLENGE_ANSWER);
    CHECK_REJECTED(provisor_challenge_verify(challenge, OCTETS(c->answer), c->expires, &rejection),
                   rejection, PROVISOR_ATTEST_CHALLENGE_USED);
    provisor_challenge_free(challenge);

    challenge = challenge_of(c);
    CHECK_REJECTED(
        provisor_challenge_verify(challenge, OCTETS(c->answer), c->expires + 1, &rejection),
        rejection, PROVISOR_TPM_CHALLENGE_EXPIRED);
    CHECK_REJECTED(provisor_challenge_verify(challenge, OCTETS(c->answer), c->expires, &rejection),
                   rejection, PROVISOR_ATTEST_CHALLENGE_USED);
    provisor_challenge_free(challenge);

    challenge = challenge_of(c);
    CHECK_REJECTED(provisor_challenge_verify(challenge, NULL, 0, c->expires, &rejection), rejection,
                   PROVISOR_TPM_CHALLENGE_ANSWER);
    provisor_challenge_free(challenge);

    challenge = challenge_of(c);
    CHECK_REJECTED(provisor_challenge_verify(challenge, octets_data(c->answer), c->answer.len - 1,
                                             c->expires, &rejection),
                   rejection, PROVISOR_TPM_CHALLENGE_ANSWER);
    provisor_challenge_free(challenge);
}

static void vectors(void) {
    size_t i;
    for (i = 0; i < CASES; i++) {
        const struct tpm_case *c = &tpm_cases[i];
        if (c->answer.data != NULL) {
            name(c->ek, c->ek_name);
            name(c->srk, c->srk_name);
            registration_id(c);
            answers(c);
        } else {
            struct script script;
            provisor_challenge *challenge = NULL;
            provisor_rejection *rejection = NULL;
            script.rest = tpm_cases[0].random;
            CHECK_REJECTED(provisor_challenge_new(OCTETS(c->ek), OCTETS(c->srk), c->expires, scripted,
                                                  &script, &challenge, &rejection),
                           rejection, (provisor_status)c->number);
            CHECK(challenge == NULL);
        }
    }
}

static int fails(void *context, uint8_t *out, size_t len) {
    (void)out;
    (void)len;
    *(int *)context += 1;
    return 7;
}

static void misuse_of_new(void) {
    const struct tpm_case *c = &tpm_cases[0];
    struct script script;
    provisor_challenge *challenge = NULL;
    provisor_rejection *r = NULL;
    int calls = 0;
    script.rest = c->random;

    CHECK_REJECTED(provisor_challenge_new(NULL, 1, OCTETS(c->srk), 0, scripted, &script, &challenge,
                                          &r),
                   r, PROVISOR_ARG_NULL);
    CHECK_REJECTED(
        provisor_challenge_new(OCTETS(c->ek), NULL, 1, 0, scripted, &script, &challenge, &r), r,
        PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_challenge_new(octets_data(c->ek), SIZE_MAX, OCTETS(c->srk), 0, scripted,
                                          &script, &challenge, &r),
                   r, PROVISOR_ARG_LENGTH);
    CHECK_REJECTED(
        provisor_challenge_new(OCTETS(c->ek), OCTETS(c->srk), 0, NULL, &script, &challenge, &r), r,
        PROVISOR_ARG_NULL);
    CHECK_REJECTED(
        provisor_challenge_new(OCTETS(c->ek), OCTETS(c->srk), 0, scripted, &script, NULL, &r), r,
        PROVISOR_ARG_NULL);
    CHECK(script.rest.len == c->random.len);
    CHECK_STATUS(
        provisor_challenge_new(OCTETS(c->ek), OCTETS(c->srk), 0, fails, &calls, &challenge, &r),
        PROVISOR_TPM_RANDOM);
    CHECK(calls == 1 && strstr(provisor_rejection_found(r, NULL), "7") != NULL);
    provisor_rejection_free(r);
    CHECK(challenge == NULL);
    provisor_challenge_free(NULL);
}

static void misuse_of_the_rest(void) {
    const struct tpm_case *c = &tpm_cases[0];
    provisor_challenge *challenge = challenge_of(c);
    provisor_rejection *r = NULL;
    uint8_t buffer[4];
    size_t len = 99;

    CHECK(provisor_challenge_id_object(NULL, &len) == NULL && len == 0);
    len = 99;
    CHECK(provisor_challenge_encrypted_secret(NULL, &len) == NULL && len == 0);
    CHECK(provisor_challenge_id_object(challenge, NULL) != NULL);
    CHECK(provisor_challenge_encrypted_secret(challenge, NULL) != NULL);

    /* A slip of the caller's does not use the challenge up. */
    CHECK_REJECTED(provisor_challenge_verify(NULL, OCTETS(c->answer), 0, &r), r, PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_challenge_verify(challenge, NULL, 5, 0, &r), r, PROVISOR_ARG_NULL);
    CHECK_STATUS(provisor_challenge_verify(challenge, OCTETS(c->answer), 0, NULL), PROVISOR_OK);
    provisor_challenge_free(challenge);

    CHECK_REJECTED(provisor_tpm_name(NULL, 1, buffer, 4, &len, &r), r, PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_tpm_name(NULL, 0, buffer, 4, &len, &r), r, PROVISOR_TPM_TRUNCATED);
    CHECK_REJECTED(provisor_tpm_name(OCTETS(c->ek), NULL, 4, &len, &r), r, PROVISOR_ARG_NULL);
    CHECK_REJECTED(provisor_tpm_name(OCTETS(c->ek), NULL, 0, NULL, &r), r,
                   PROVISOR_ARG_BUFFER_TOO_SMALL);
}

int main(void) {
    vectors();
    misuse_of_new();
    misuse_of_the_rest();
    return test_end("tpm");
}
