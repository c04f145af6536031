/* SPDX-License-Identifier: BSD-2-Clause */
/* A signature of the host's, asked of keyd. The question comes from the worker and is handed on unseen. */
#pragma once

#include "base/buf.h"

enum { HOST_SIGNATURE_MAX = 34 * 1024 };

/* Borrowed from `room`. */
struct host_signature {
    struct bytes hash; /* the exchange hash that keyd has computed */
    struct bytes key;  /* the blob of the host key */
    struct bytes signature;
};

/* `room` is empty and takes HOST_SIGNATURE_MAX octets. ERR_BAD_VALUE for an empty question, ERR_CRYPTO: keyd
 * does not sign that; ERR_TIMEOUT; ERR_SYSTEM: keyd is gone. */
NODISCARD enum err host_signature_ask(int keyd_fd, struct bytes question, struct buf *room,
                                      struct host_signature *answer);
