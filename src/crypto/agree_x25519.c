/* SPDX-License-Identifier: BSD-2-Clause */
/* X25519, RFC 7748 section 6.1. */
#include "crypto/agree_internal.h"

#include "base/check.h"

#include <openssl/err.h>
#include <openssl/evp.h>

enum { LEN = 32 };

static bool make(struct agree *agree, const struct bytes *private_value)
{
    if (private_value && private_value->len != LEN)
        return false;
    agree->pair = private_value ? EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL,
                                                               private_value->data, LEN)
                                : EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    CHECK(agree->pair != NULL);
    agree->public_len = sizeof(agree->public_value);
    CHECK(EVP_PKEY_get_raw_public_key(agree->pair, agree->public_value, &agree->public_len) == 1);
    return true;
}

/* libcrypto refuses to return a secret of zeros, which a peer's value of low order would give. */
static bool multiply(EVP_PKEY *pair, EVP_PKEY *peer, uint8_t *secret)
{
    size_t len = LEN;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pair, NULL);
    CHECK(context != NULL);
    CHECK(EVP_PKEY_derive_init(context) == 1);
    CHECK(EVP_PKEY_derive_set_peer_ex(context, peer, 0) == 1);
    bool is_done = EVP_PKEY_derive(context, secret, &len) == 1;
    EVP_PKEY_CTX_free(context);
    return is_done;
}

static enum err derive(const struct agree *agree, struct bytes peer_public, struct buf *secret)
{
    if (peer_public.len != LEN)
        return ERR_BAD_KEX;
    struct span room;
    TRY(buf_reserve(secret, LEN, &room));

    EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer_public.data, LEN);
    CHECK(peer != NULL);
    bool is_done = multiply(agree->pair, peer, room.data);
    EVP_PKEY_free(peer);
    if (!is_done) {
        ERR_clear_error();
        return ERR_BAD_KEX;
    }
    buf_commit(secret, LEN);
    return OK;
}

const struct agree_method agree_x25519_method = { make, derive };
