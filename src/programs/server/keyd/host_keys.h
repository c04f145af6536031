/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's private keys. No other part of the server has or sees them. */
#pragma once

#include "base/buf.h"

enum { HOST_KEYS_MAX = 8 };

struct private_key;

struct host_keys {
    struct private_key *keys[HOST_KEYS_MAX]; /* the best first */
    size_t count;
    struct buf blobs; /* the public halves as SSH strings, in the same order */
};

void host_keys_init(struct host_keys *keys);
void host_keys_wipe(struct host_keys *keys);

/* Takes the key over. A second one of the same type is ERR_BAD_VALUE, one too many ERR_NO_SPACE: then the key stays the
 * caller's. */
NODISCARD enum err host_keys_add(struct host_keys *keys, struct private_key *key);

/* Adds the key in a file's content. Errors as for host_keys_add, and those of a file that is not a key without a
 * passphrase. */
NODISCARD enum err host_keys_take(struct host_keys *keys, struct bytes file);

/* Appends a signature blob made with the key whose public half is `blob`. ERR_UNSUPPORTED: no such key. */
NODISCARD enum err host_keys_sign(const struct host_keys *keys, struct bytes algorithm,
                                  struct bytes blob, struct bytes message, struct buf *signature);
