/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/key_type.h"

static const struct key_algorithm rows[] = {
    { "ssh-ed25519", "ssh-ed25519", NULL, PKEY_ED25519, DIGEST_SHA512, true },
    { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "nistp256", PKEY_P256, DIGEST_SHA256, true },
    { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "nistp384", PKEY_P384, DIGEST_SHA384, true },
    { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", "nistp521", PKEY_P521, DIGEST_SHA512, true },
    { "rsa-sha2-512", "ssh-rsa", NULL, PKEY_RSA, DIGEST_SHA512, true },
    { "rsa-sha2-256", "ssh-rsa", NULL, PKEY_RSA, DIGEST_SHA256, true },
    { "ssh-rsa", "ssh-rsa", NULL, PKEY_RSA, DIGEST_SHA1, false },
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

const struct key_type_table key_type_all = { rows, ROW_COUNT };

const struct key_algorithm *key_type_find(struct bytes algorithm)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (bytes_is(algorithm, rows[i].name))
            return &rows[i];
    }
    return NULL;
}

const struct key_algorithm *key_type_of_key(struct bytes key_type)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (bytes_is(key_type, rows[i].key_type))
            return &rows[i];
    }
    return NULL;
}
