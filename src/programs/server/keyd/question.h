/* SPDX-License-Identifier: BSD-2-Clause */
/* An EXCHANGE record: the parts of an exchange hash that the host is asked to sign. They come from the worker, so at
 * worst each of them is the peer's; the server's line and the host key are not among them. */
#pragma once

#include "ipc/record.h"
#include "keys/exchange_hash.h"

/* Texts of the record, in this order. */
enum question_text {
    QUESTION_ALGORITHM,
    QUESTION_KEY, /* blob of the host key that is to sign; keyd refuses any but its own */
    QUESTION_CLIENT_IDENT,
    QUESTION_CLIENT_KEXINIT,
    QUESTION_SERVER_KEXINIT,
    QUESTION_CLIENT_SHARE,
    QUESTION_SERVER_SHARE,
    QUESTION_SECRET,
    QUESTION_TEXT_COUNT,
};

struct question {
    struct bytes algorithm;
    struct bytes key;
    struct exchange_hash_parts parts; /* without server_ident and host_key */
};

/* ERR_BAD_VALUE for a digest that no exchange uses or a K that is not one string, ERR_TOO_LONG for a part over its
 * limit. The result borrows from the record. */
NODISCARD enum err question_decode(const struct record *record, struct question *question);
