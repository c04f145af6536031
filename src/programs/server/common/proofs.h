/* SPDX-License-Identifier: BSD-2-Clause */
/* How a user has logged in, as text: what sshd writes for ExposeAuthInfo and passes to PAM's modules. */
#pragma once

#include "base/buf.h"

enum { PROOFS_TEXT_MAX = 64 * 1024 };

/* Appends a line per proof: the method and, for a key, its type and the key in base64. `proofs` has, for each, a
 * method's name and, for a key, its blob, as SSH strings. ERR_TRUNCATED: it is malformed. ERR_NO_SPACE. */
NODISCARD enum err proofs_write(struct bytes proofs, struct buf *out);
