/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers of SSH's messages and their names; the list is message.def. A payload begins with its
 * number. Every other module of this folder turns one group of payloads into structs and back:
 *
 *   enum err x_decode(struct bytes payload, const struct field_sink *sink, struct x *out);
 *   enum err x_encode(struct buf *out, const struct x *x);
 *
 * A decoder lends octets of the payload. Its errors are ERR_TRUNCATED, ERR_TRAILING, ERR_TOO_LONG and
 * ERR_BAD_VALUE, after which *out must not be read; a payload with another number is ERR_BAD_VALUE. It
 * checks only the encoding. An encoder appends a whole payload; its error is ERR_NO_SPACE, and *out is
 * then unchanged. */
#pragma once

#include "base/buf.h"
#include "base/reader.h"

enum message_number {
#define MESSAGE(number, name) SSH_MSG_##name = (number),
#include "ssh/msg/message.def"
#undef MESSAGE
    /* What 60 and 61 mean depends on the authentication method in progress. */
    SSH_MSG_USERAUTH_PK_OK = SSH_MSG_USERAUTH_60,
    SSH_MSG_USERAUTH_PASSWD_CHANGEREQ = SSH_MSG_USERAUTH_60,
    SSH_MSG_USERAUTH_INFO_REQUEST = SSH_MSG_USERAUTH_60,
    SSH_MSG_USERAUTH_INFO_RESPONSE = SSH_MSG_USERAUTH_61,
};

/* "KEXINIT"; "unassigned" for a number that we do not know. */
const char *message_name(uint8_t number);

/* The number of a payload; 0, which no message has, for an empty one. */
uint8_t message_number(struct bytes payload);

/* Messages that are nothing but their number: NEWKEYS, USERAUTH_SUCCESS, REQUEST_FAILURE. */
NODISCARD enum err message_decode_bare(struct bytes payload, const struct field_sink *sink,
                                       uint8_t number);
NODISCARD enum err message_encode_bare(struct buf *out, uint8_t number);

/* For decoders: the end of the payload was reached and its number was the wanted one. */
NODISCARD enum err message_end(const struct reader *r, uint8_t number, uint8_t wanted);
