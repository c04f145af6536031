/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of keys and the signature algorithms that go with them: RFC 8709, RFC 5656, RFC 8332,
 * RFC 4253 section 6.6. A key type may have several algorithms (ssh-rsa keys sign as rsa-sha2-512). */
#pragma once

#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/pkey.h"

struct key_algorithm {
    const char *name;     /* "rsa-sha2-512": as negotiated and named in a signature */
    const char *key_type; /* "ssh-rsa": as at the front of the key's blob */
    const char *curve;    /* "nistp256", or NULL */
    enum pkey_kind kind;
    enum digest_algorithm digest;
    bool is_default; /* false: only if the user names it (SHA-1) */
};

/* All of them, best first. */
extern const struct key_type_table {
    const struct key_algorithm *rows;
    size_t count;
} key_type_all;

/* The algorithm of that name, or NULL. */
const struct key_algorithm *key_type_find(struct bytes algorithm);

/* The first (best) algorithm for keys of that type, or NULL. */
const struct key_algorithm *key_type_of_key(struct bytes key_type);
