/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_MSG_KEXINIT, RFC 4253 section 7.1. */
#pragma once

#include "ssh/msg/message.h"

enum kexinit_list {
    KEXINIT_KEX,
    KEXINIT_HOST_KEY,
    KEXINIT_CIPHER_TO_SERVER,
    KEXINIT_CIPHER_TO_CLIENT,
    KEXINIT_MAC_TO_SERVER,
    KEXINIT_MAC_TO_CLIENT,
    KEXINIT_COMPRESSION_TO_SERVER,
    KEXINIT_COMPRESSION_TO_CLIENT,
    KEXINIT_LANGUAGE_TO_SERVER,
    KEXINIT_LANGUAGE_TO_CLIENT,
    KEXINIT_LIST_COUNT
};

enum {
    KEXINIT_COOKIE_LEN = 16,
    KEXINIT_LEN_MAX = 35000,  /* octets of a KEXINIT, RFC 4253 section 6.1 */
    KEXINIT_NAMES_MAX = 256,  /* names in one list */
    KEXINIT_NAME_LEN_MAX = 64 /* octets of a name, RFC 4251 section 6 */
};

struct kexinit {
    struct bytes cookie; /* KEXINIT_COOKIE_LEN octets */
    struct bytes list[KEXINIT_LIST_COUNT];
    bool follows;      /* a guessed key-exchange packet comes with it */
    uint32_t reserved; /* any value is accepted, and part of the exchange hash */
};

/* ERR_TOO_LONG: over one of the limits. ERR_BAD_VALUE: an empty name, or one that is not of printable US-ASCII without
 * blanks. One comma after a list's last name is ignored. */
NODISCARD enum err kexinit_decode(struct bytes payload, const struct field_sink *sink,
                                  struct kexinit *out);
NODISCARD enum err kexinit_encode(struct buf *out, const struct kexinit *kexinit);
