/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks keyd for a signature of the host. The question comes from the worker and is passed on unparsed. */
#pragma once

#include "base/buf.h"

enum { HOST_SIGNATURE_MAX = 34 * 1024 };

/* Borrowed from `room`. */
struct host_signature {
    struct bytes hash; /* the exchange hash that keyd has computed */
    struct bytes key;  /* the blob of the host key */
    struct bytes signature;
};

/* `room` is empty and takes HOST_SIGNATURE_MAX octets. ERR_BAD_VALUE for an empty question, ERR_CRYPTO: keyd refuses to
 * sign it; ERR_TIMEOUT; ERR_SYSTEM: keyd is gone. */
NODISCARD enum err host_signature_ask(int keyd_fd, struct bytes question, struct buf *room,
                                      struct host_signature *answer);
