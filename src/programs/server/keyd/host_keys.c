/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/keyd/host_keys.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/writer.h"
#include "keys/key_type.h"
#include "keys/private/private_key.h"
#include "keys/public_key.h"

#include <string.h>

void host_keys_init(struct host_keys *keys)
{
    *keys = (struct host_keys){ .blobs = BUF_EMPTY(HOST_KEYS_MAX * LIMIT_KEY_BLOB) };
}

void host_keys_wipe(struct host_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        private_key_free(keys->keys[i]);
    buf_wipe(&keys->blobs);
    host_keys_init(keys);
}

static struct bytes type_of(const struct private_key *key)
{
    return public_key_blob_type(private_key_public_blob(key));
}

/* The rank of the key's best algorithm among all of them. */
static size_t rank_of(const struct private_key *key)
{
    const struct key_algorithm *algorithm = key_type_of_key(type_of(key));
    return algorithm ? (size_t)(algorithm - key_type_all.rows) : key_type_all.count;
}

static enum err list_blobs(struct host_keys *keys)
{
    buf_clear(&keys->blobs);
    struct writer w = writer_to(&keys->blobs);
    for (size_t i = 0; i < keys->count; i++)
        writer_string(&w, private_key_public_blob(keys->keys[i]));
    return writer_end(&w);
}

enum err host_keys_add(struct host_keys *keys, struct private_key *key)
{
    if (keys->count == HOST_KEYS_MAX)
        return ERR_NO_SPACE;
    for (size_t i = 0; i < keys->count; i++)
        if (bytes_equal(type_of(keys->keys[i]), type_of(key)))
            return ERR_BAD_VALUE;

    size_t place = 0;
    while (place < keys->count && rank_of(keys->keys[place]) <= rank_of(key))
        place++;
    memmove(&keys->keys[place + 1], &keys->keys[place],
            (keys->count - place) * sizeof(keys->keys[0]));
    keys->keys[place] = key;
    keys->count++;
    CHECK(list_blobs(keys) == OK);
    return OK;
}

enum err host_keys_take(struct host_keys *keys, struct bytes file)
{
    struct private_key *key = NULL;
    TRY(private_key_parse(file, NULL, &key));
    enum err err = private_key_judge(key);
    if (err == OK)
        err = host_keys_add(keys, key);
    if (err != OK)
        private_key_free(key);
    return err;
}

enum err host_keys_sign(const struct host_keys *keys, struct bytes algorithm, struct bytes blob,
                        struct bytes message, struct buf *signature)
{
    for (size_t i = 0; i < keys->count; i++)
        if (bytes_equal(private_key_public_blob(keys->keys[i]), blob))
            return private_key_sign(keys->keys[i], algorithm, message, signature);
    return ERR_UNSUPPORTED;
}
