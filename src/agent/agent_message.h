/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of the SSH agent protocol, RFC 9987, that a client needs: listing the keys and asking for a
 * signature. A frame is a uint32 length, a message number and a body. */
#pragma once

#include "base/buf.h"

enum { AGENT_FRAME_MAX = 256 * 1024 };

/* Flags of a signature request: which hash an RSA key signs with. */
enum { AGENT_SIGN_RSA_SHA2_256 = 2, AGENT_SIGN_RSA_SHA2_512 = 4 };

/* The flags for a signature algorithm's name. */
uint32_t agent_message_sign_flags(struct bytes algorithm);

/* Append whole frames. */
NODISCARD enum err agent_message_encode_list(struct buf *out);
NODISCARD enum err agent_message_encode_sign(struct bytes key_blob, struct bytes message,
                                             uint32_t flags, struct buf *out);

/* The length of the frame at the front of `in`, including its length field; 0 if that is not known yet.
 * ERR_TOO_LONG over AGENT_FRAME_MAX, ERR_BAD_VALUE for an empty one. */
NODISCARD enum err agent_message_frame_len(struct bytes in, size_t *len);

/* The keys of a whole answer frame: *keys has *count pairs for agent_message_next_key.
 * ERR_UNSUPPORTED if the agent answered that it failed. */
NODISCARD enum err agent_message_decode_list(struct bytes frame, struct bytes *keys, size_t *count);
/* Cuts one key off the front; false when none is left. */
bool agent_message_next_key(struct bytes *keys, struct bytes *blob, struct bytes *comment);

/* The signature of a whole answer frame, borrowed from it. ERR_UNSUPPORTED: the agent refused. */
NODISCARD enum err agent_message_decode_signature(struct bytes frame, struct bytes *signature);
