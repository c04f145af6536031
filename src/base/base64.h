/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64, RFC 4648 section 4. */
#pragma once

#include "base/buf.h"

/* Appends the encoding, without line breaks; with padding if `padded` (fingerprints have none). */
NODISCARD enum err base64_encode(struct bytes in, bool padded, struct buf *out);

/* Appends the decoded text. Blanks, line ends, wrong characters, missing padding and bits left over
 * at the end are ERR_BAD_VALUE. */
NODISCARD enum err base64_decode(struct bytes text, struct buf *out);
