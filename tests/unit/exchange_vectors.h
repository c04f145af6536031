/* SPDX-License-Identifier: BSD-2-Clause */
/* Recorded key exchanges with OpenSSH, of vectors/ssh/exchange.json. */
#pragma once

#include "crypto/digest.h"
#include "ssh/transport/algorithms.h"

#include <string.h>

#include "unit/vectors.h"

/* The parts of one recorded exchange, in the order of the RFC. */
enum exchange_vectors_part {
    CLIENT_IDENT,
    SERVER_IDENT,
    CLIENT_KEXINIT,
    SERVER_KEXINIT,
    HOST_KEY,
    CLIENT_SHARE,
    SERVER_SHARE,
    SECRET,
    HASH,
    PART_COUNT
};

static const char *const exchange_vectors_names[PART_COUNT] = {
    "client_ident", "server_ident", "client_kexinit", "server_kexinit", "host_key",
    "client_share", "server_share", "secret",         "hash",
};

struct exchange_vectors {
    struct buf parts[PART_COUNT];
    enum digest_algorithm digest;
    bool has_mpints;
};

static inline struct exchange_vectors exchange_vectors_load(const json_t *test)
{
    struct exchange_vectors r;
    for (enum exchange_vectors_part part = 0; part < PART_COUNT; part++)
        r.parts[part] = vectors_hex(test, exchange_vectors_names[part]);
    const struct algorithms_kex *kex = algorithms_find_kex(bytes_text(vectors_text(test, "kex")));
    assert_non_null(kex);
    r.digest = kex->digest;
    r.has_mpints = strncmp(vectors_text(test, "kex"), "diffie", 6) == 0;
    return r;
}

static inline void exchange_vectors_release(struct exchange_vectors *r)
{
    for (enum exchange_vectors_part part = 0; part < PART_COUNT; part++)
        buf_wipe(&r->parts[part]);
}
