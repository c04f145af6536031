/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"
#include "crypto/pkey_internal.h"

enum err pkey_ed25519_public(struct bytes public_value, struct pkey **key)
{
    if (public_value.len != PKEY_ED25519_LEN)
        return ERR_BAD_VALUE;
    EVP_PKEY *evp =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_value.data, public_value.len);
    CHECK(evp != NULL);
    *key = pkey_wrap(PKEY_ED25519, evp);
    return OK;
}

enum err pkey_ed25519_private(struct bytes seed, struct bytes public_value, struct pkey **key)
{
    if (seed.len != PKEY_ED25519_LEN)
        return ERR_BAD_VALUE;
    EVP_PKEY *evp = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed.data, seed.len);
    CHECK(evp != NULL);

    /* A signature with another public value would give the seed away. */
    uint8_t made[PKEY_ED25519_LEN];
    size_t len = sizeof(made);
    CHECK(EVP_PKEY_get_raw_public_key(evp, made, &len) == 1);
    if (!bytes_equal(bytes_of(made, len), public_value)) {
        EVP_PKEY_free(evp);
        return ERR_BAD_VALUE;
    }
    *key = pkey_wrap(PKEY_ED25519, evp);
    return OK;
}
