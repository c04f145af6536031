/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/exchange.h"

#include "base/check.h"

#include <string.h>

struct derivation {
    enum digest_algorithm digest;
    struct bytes secret, hash, session_id;
};

/* K1 = HASH(K || H || letter || session_id), K2 = HASH(K || H || K1), … */
static struct bytes derive(const struct derivation *d, uint8_t letter, uint8_t *out, size_t len)
{
    uint8_t block[DIGEST_LEN_MAX];
    size_t block_len = digest_len(d->digest);
    struct bytes first[] = { d->secret, d->hash, bytes_of(&letter, 1), d->session_id };
    digest_parts(d->digest, first, 4, block);
    for (size_t made = 0;;) {
        size_t piece = len - made < block_len ? len - made : block_len;
        memcpy(out + made, block, piece);
        made += piece;
        if (made == len)
            break;
        struct bytes next[] = { d->secret, d->hash, bytes_of(out, made) };
        digest_parts(d->digest, next, 3, block);
    }
    bytes_wipe(block, sizeof(block));
    return bytes_of(out, len);
}

void exchange_derive(enum digest_algorithm digest, struct bytes secret,
                     const struct exchange_hash *hash, struct bytes session_id,
                     bool client_to_server, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, struct exchange_keys *keys)
{
    const struct derivation d = { digest, secret, bytes_of(hash->octets, hash->len), session_id };
    uint8_t shift = client_to_server ? 0 : 1;
    CHECK(cipher->iv_len <= sizeof(keys->iv) && cipher->key_len <= sizeof(keys->key));
    keys->material = (struct packet_keys_material){ 0 };
    if (cipher->iv_len)
        keys->material.iv = derive(&d, (uint8_t)('A' + shift), keys->iv, cipher->iv_len);
    keys->material.key = derive(&d, (uint8_t)('C' + shift), keys->key, cipher->key_len);
    if (cipher->mode == ALGORITHMS_CTR) {
        CHECK(mac != NULL);
        keys->material.mac_key =
            derive(&d, (uint8_t)('E' + shift), keys->mac_key, digest_len(mac->digest));
    }
}
