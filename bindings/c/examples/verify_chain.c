/* Verifies a certificate chain: verify_chain LEAF ANCHOR [INTERMEDIATE]...
 *
 * All files are DER (openssl x509 -in x.pem -outform DER -out x.der). Ends with 0 when the leaf is
 * accepted as a device, 1 when it is not, 2 when a file cannot be read. */
#include <provisor.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOST_FILES 16
#define MOST_BYTES 65536

/* A whole file; data stays NULL when it cannot be read. */
static provisor_bytes read_file(const char *name) {
    provisor_bytes bytes = {NULL, 0};
    FILE *file = fopen(name, "rb");
    uint8_t *data = (uint8_t *)malloc(MOST_BYTES);
    if (file != NULL && data != NULL) {
        bytes.len = fread(data, 1, MOST_BYTES, file);
        bytes.data = ferror(file) ? NULL : data;
    }
    if (bytes.data == NULL) {
        fprintf(stderr, "cannot read %s\n", name);
        free(data);
    }
    if (file != NULL) {
        fclose(file);
    }
    return bytes;
}

static int judge(const provisor_bytes *files, size_t count) {
    provisor_verifier *verifier = NULL;
    provisor_path *path = NULL;
    provisor_rejection *rejection = NULL;
    provisor_status status;
    size_t depth;

    /* files: the leaf, the anchor, then what was sent along. */
    status = provisor_verifier_new(PROVISOR_PROFILE_DEVICE, &files[1], 1, &verifier, &rejection);
    if (status == PROVISOR_OK) {
        status = provisor_verifier_verify(verifier, files[0].data, files[0].len, &files[2],
                                          count - 2, (int64_t)time(NULL), &path, &rejection);
    }
    if (status == PROVISOR_OK) {
        for (depth = 0; depth < provisor_path_length(path); depth++) {
            printf("%lu: %s\n", (unsigned long)depth, provisor_path_subject(path, depth, NULL));
        }
        printf("anchor: %s\n", provisor_path_anchor(path, NULL));
    } else {
        printf("%s\n", provisor_rejection_text(rejection, NULL));
    }
    provisor_rejection_free(rejection);
    provisor_path_free(path);
    provisor_verifier_free(verifier);
    return status == PROVISOR_OK ? 0 : 1;
}

int main(int argc, char **argv) {
    provisor_bytes files[MOST_FILES];
    size_t count = 0;
    size_t i;
    int result = 2;
    if (argc < 3 || argc > MOST_FILES + 1) {
        fprintf(stderr, "usage: verify_chain LEAF ANCHOR [INTERMEDIATE]...\n");
        return 2;
    }
    for (i = 1; i < (size_t)argc; i++) {
        files[count] = read_file(argv[i]);
        if (files[count].data == NULL) {
            break;
        }
        count++;
    }
    if (count + 1 == (size_t)argc) {
        result = judge(files, count);
    }
    for (i = 0; i < count; i++) {
        free((void *)files[i].data);
    }
    return result;
}
