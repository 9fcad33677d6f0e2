/* Challenges a TPM: challenge EK SRK
 *
 * Both files are a TPM2B_PUBLIC, as tpm2_readpublic -f tss -o FILE writes it. Prints the two
 * parameters of TPM2_ActivateCredential in hexadecimal, reads the secret that the TPM found, in
 * hexadecimal, from the standard input, and judges it.
 *
 * Ends with 0 when the answer is right, 1 when something is refused, 2 when something cannot be
 * read. */
#include <provisor.h>

#include <stdio.h>
#include <time.h>

/* The operating system's generator. */
static int urandom(void *context, uint8_t *out, size_t len) {
    FILE *file = (FILE *)context;
    return fread(out, 1, len, file) == len ? 0 : 1;
}

/* Reads a file of at most `capacity` bytes; 0 when there is nothing to read. */
static size_t read_file(const char *name, uint8_t *data, size_t capacity) {
    FILE *file = fopen(name, "rb");
    size_t len = 0;
    if (file != NULL) {
        len = fread(data, 1, capacity, file);
        fclose(file);
    }
    if (len == 0) {
        fprintf(stderr, "cannot read %s\n", name);
    }
    return len;
}

static void print_hex(const char *label, const uint8_t *data, size_t len) {
    size_t i;
    printf("%s ", label);
    for (i = 0; i < len; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

/* Reads pairs of hexadecimal digits up to what is none. */
static size_t read_hex(uint8_t *data, size_t capacity) {
    size_t len = 0;
    unsigned int byte;
    while (len < capacity && scanf("%2x", &byte) == 1) {
        data[len++] = (uint8_t)byte;
    }
    return len;
}

static provisor_status challenge(const uint8_t *ek, size_t ek_len, const uint8_t *srk,
                                 size_t srk_len, FILE *generator, provisor_rejection **rejection) {
    provisor_challenge *made = NULL;
    const uint8_t *data;
    uint8_t answer[64];
    size_t len = 0;
    int64_t five_minutes = (int64_t)time(NULL) + 300;
    provisor_status status = provisor_challenge_new(ek, ek_len, srk, srk_len, five_minutes, urandom,
                                                    generator, &made, rejection);
    if (status == PROVISOR_OK) {
        data = provisor_challenge_id_object(made, &len);
        print_hex("id_object", data, len);
        data = provisor_challenge_encrypted_secret(made, &len);
        print_hex("encrypted_secret", data, len);
        fflush(stdout);
        len = read_hex(answer, sizeof answer);
        status = provisor_challenge_verify(made, answer, len, (int64_t)time(NULL), rejection);
    }
    provisor_challenge_free(made);
    return status;
}

int main(int argc, char **argv) {
    uint8_t ek[1024];
    uint8_t srk[1024];
    size_t ek_len;
    size_t srk_len;
    FILE *generator;
    provisor_rejection *rejection = NULL;
    provisor_status status;
    if (argc != 3) {
        fprintf(stderr, "usage: challenge EK SRK\n");
        return 2;
    }
    ek_len = read_file(argv[1], ek, sizeof ek);
    srk_len = read_file(argv[2], srk, sizeof srk);
    generator = fopen("/dev/urandom", "rb");
    if (ek_len == 0 || srk_len == 0 || generator == NULL) {
        if (generator != NULL) {
            fclose(generator);
        }
        return 2;
    }
    status = challenge(ek, ek_len, srk, srk_len, generator, &rejection);
    printf("%s\n", status == PROVISOR_OK ? "one TPM holds both keys"
                                         : provisor_rejection_text(rejection, NULL));
    provisor_rejection_free(rejection);
    fclose(generator);
    return status == PROVISOR_OK ? 0 : 1;
}
