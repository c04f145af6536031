/* SPDX-License-Identifier: BSD-2-Clause */
/* zlib@openssh.com: payload compression that begins after the login (RFC 4253 section 6.2 with a
 * partial flush per packet; draft-miller-secsh-compression-delayed). One stream per direction. */
#pragma once

#include "base/buf.h"

struct compressor;

struct compressor *compressor_new(bool compresses);
void compressor_free(struct compressor *c);

/* Replaces the content of `out` with the (de)compressed payload. ERR_BAD_COMPRESSION: the input does not decompress, or
 * reaches the buf's limit, so that a small packet cannot fill our memory. */
NODISCARD enum err compressor_apply(struct compressor *c, struct bytes in, struct buf *out);
