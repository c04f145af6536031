/* SPDX-License-Identifier: BSD-2-Clause */
/* The two messages of a key exchange, RFC 4253 section 8 and RFC 5656 section 4: the shares of both sides, and the
 * server's host key and signature. They have one shape for every method: an mpint (DH) is a string on the wire too, so
 * the raw string is kept, for the method to interpret. */
#pragma once

#include "ssh/msg/message.h"

enum {
    KEX_SHARE_LEN_MAX = 4096,     /* octets of a public share */
    KEX_SHARE_KEY_MAX = 16 * 1024 /* octets of a host key or of a signature */
};

/* KEX_INIT, from the client. */
struct kex_share_init {
    struct bytes share; /* Q_C or e */
};

/* KEX_REPLY, from the server. */
struct kex_share_reply {
    struct bytes host_key;
    struct bytes share; /* Q_S or f */
    struct bytes signature;
};

/* ERR_BAD_KEX: over one of the limits. */
NODISCARD enum err kex_share_decode_init(struct bytes payload, const struct field_sink *sink,
                                         struct kex_share_init *out);
NODISCARD enum err kex_share_encode_init(struct buf *out, const struct kex_share_init *init);
NODISCARD enum err kex_share_decode_reply(struct bytes payload, const struct field_sink *sink,
                                          struct kex_share_reply *out);
NODISCARD enum err kex_share_encode_reply(struct buf *out, const struct kex_share_reply *reply);

/* A DH share is an mpint that is not negative. The first returns its magnitude as crypto/agree.h takes it; ERR_BAD_KEX:
 * it is negative or has needless leading zeros. The second appends the content of the string for a magnitude. */
NODISCARD enum err kex_share_magnitude(struct bytes share, struct bytes *magnitude);
NODISCARD enum err kex_share_from_magnitude(struct buf *out, struct bytes magnitude);
