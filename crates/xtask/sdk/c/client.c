/* The TPM client of the C SDK as it is, driven by lines; see the README above this folder.
 * Its emulator transport always speaks to port 2321: the argument is not needed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure_c_shared_utility/azure_base32.h"
#include "azure_c_shared_utility/sha.h"
#include "azure_c_shared_utility/xlogging.h"
#include "hsm_client_tpm.h"

enum { LONGEST_LINE = 1 << 16 };

static void say_hex(const unsigned char *bytes, size_t size)
{
    putchar(' ');
    for (size_t i = 0; i < size; i++)
        printf("%02x", bytes[i]);
}

static size_t from_hex(const char *text, unsigned char *bytes)
{
    size_t size = 0;
    unsigned int byte;
    for (; sscanf(text, "%2x", &byte) == 1; text += 2)
        bytes[size++] = (unsigned char)byte;
    return size;
}

/* This SDK's registration makes the ID like this: base32 of SHA-256, lower case, no padding. */
static void say_registration_id(const unsigned char *ek, size_t size)
{
    SHA256Context context;
    uint8_t digest[SHA256HashSize];
    SHA256Reset(&context);
    SHA256Input(&context, ek, (unsigned int)size);
    SHA256Result(&context, digest);
    char *text = Azure_Base32_Encode_Bytes(digest, SHA256HashSize);
    putchar(' ');
    for (const char *c = text; *c != '\0' && *c != '='; c++)
        putchar(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    free(text);
}

static int keys(HSM_CLIENT_HANDLE client)
{
    unsigned char *ek = NULL, *srk = NULL;
    size_t ek_size, srk_size;
    int failed = hsm_client_tpm_get_endorsement_key(client, &ek, &ek_size) != 0
              || hsm_client_tpm_get_storage_key(client, &srk, &srk_size) != 0;
    if (!failed) {
        printf("ok");
        say_hex(ek, ek_size);
        say_hex(srk, srk_size);
        say_registration_id(ek, ek_size);
    }
    free(ek);
    free(srk);
    return failed;
}

static int sign(HSM_CLIENT_HANDLE client, const unsigned char *data, size_t size)
{
    unsigned char *mac = NULL;
    size_t mac_size;
    int failed = hsm_client_tpm_sign_data(client, data, size, &mac, &mac_size) != 0;
    if (!failed) {
        printf("ok");
        say_hex(mac, mac_size);
    }
    free(mac);
    return failed;
}

static int activate(HSM_CLIENT_HANDLE client, const unsigned char *blob, size_t size)
{
    int failed = hsm_client_tpm_import_key(client, blob, size) != 0;
    if (!failed)
        printf("ok");
    return failed;
}

int main(void)
{
    static char line[LONGEST_LINE];
    static unsigned char bytes[LONGEST_LINE / 2];
    xlogging_set_log_function(NULL); /* it would write to the standard output */
    HSM_CLIENT_HANDLE client = hsm_client_tpm_create();
    while (client != NULL && fgets(line, sizeof line, stdin) != NULL) {
        const char *data = strchr(line, ' ');
        size_t size = data != NULL ? from_hex(data + 1, bytes) : 0;
        int failed = 1;
        if (strncmp(line, "keys", 4) == 0)
            failed = keys(client);
        else if (strncmp(line, "activate ", 9) == 0)
            failed = activate(client, bytes, size);
        else if (strncmp(line, "sign ", 5) == 0)
            failed = sign(client, bytes, size);
        puts(failed ? "refused by the client or its TPM" : "");
        fflush(stdout);
    }
    hsm_client_tpm_destroy(client);
    return 0;
}
