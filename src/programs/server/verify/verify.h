/* SPDX-License-Identifier: BSD-2-Clause */
/* Judges a key that a user wants to log in with, and the signature made with it. Every octet of both is the peer's. */
#pragma once

#include "ipc/record.h"

/* Texts of a VERIFY record, in this order. Its numbers: whether it is signed; whether there is a list; the bits that
 * RSA keys must have. */
enum verify_text {
    VERIFY_LIST, /* PubkeyAcceptedAlgorithms, if there is one */
    VERIFY_ALGORITHM,
    VERIFY_KEY,
    VERIFY_DATA,      /* what must have been signed */
    VERIFY_SIGNATURE, /* empty, like the data, if the key is only asked about */
};

enum { VERIFY_NAME_MAX = 128 };

/* The VERIFIED record: whether the key may be used with that algorithm and, if it is signed, has signed the data; and
 * the key's name for people, "ED25519 SHA256:…", which lies in `name`. */
struct record verify_judge(const struct record *asked, struct buf *name);

/* Has the library do its one-time work, for keys of all kinds. */
void verify_rehearse(void);
