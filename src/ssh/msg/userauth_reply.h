/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's replies during authentication, RFC 4252: FAILURE and BANNER (section 5), PK_OK
 * (section 7), PASSWD_CHANGEREQ (section 8). SUCCESS is a bare message, see message.h; the
 * INFO_REQUEST of keyboard-interactive is in ssh/auth/userauth_info.h. */
#pragma once

#include "ssh/msg/message.h"

struct userauth_reply_failure {
    struct bytes methods; /* that can continue, comma-separated */
    bool partial;         /* the request was fine, but is not enough */
};

struct userauth_reply_banner {
    struct bytes text;
    struct bytes language;
};

struct userauth_reply_pk_ok {
    struct bytes algorithm;
    struct bytes blob;
};

struct userauth_reply_change {
    struct bytes prompt;
    struct bytes language;
};

NODISCARD enum err userauth_reply_decode_failure(struct bytes payload,
                                                 const struct field_sink *sink,
                                                 struct userauth_reply_failure *out);
NODISCARD enum err userauth_reply_encode_failure(struct buf *out,
                                                 const struct userauth_reply_failure *failure);
NODISCARD enum err userauth_reply_decode_banner(struct bytes payload, const struct field_sink *sink,
                                                struct userauth_reply_banner *out);
NODISCARD enum err userauth_reply_encode_banner(struct buf *out,
                                                const struct userauth_reply_banner *banner);
NODISCARD enum err userauth_reply_decode_pk_ok(struct bytes payload, const struct field_sink *sink,
                                               struct userauth_reply_pk_ok *out);
NODISCARD enum err userauth_reply_encode_pk_ok(struct buf *out,
                                               const struct userauth_reply_pk_ok *pk_ok);
NODISCARD enum err userauth_reply_decode_change(struct bytes payload, const struct field_sink *sink,
                                                struct userauth_reply_change *out);
NODISCARD enum err userauth_reply_encode_change(struct buf *out,
                                                const struct userauth_reply_change *change);
