/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes throw-away keys for glasshd --demo. */
#pragma once

#include "base/err.h"

/* Writes a new Ed25519 key, and a line with its public half, into files that only their owner can read. ERR_SYSTEM with
 * errno, or an error of making the key. */
NODISCARD enum err key_pair_write(const char *private_path, const char *public_path);
