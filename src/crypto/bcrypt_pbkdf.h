/* SPDX-License-Identifier: BSD-2-Clause */
/* bcrypt_pbkdf: the key derivation of openssh-key-v1 files. Our own, because no Debian library has it. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/* Fills `out` (1 to 1,024 octets). ERR_BAD_VALUE for an empty passphrase or salt, or for 0 or more
 * than 1,024 rounds: a hostile file must not keep us busy for hours. */
NODISCARD enum err bcrypt_pbkdf_derive(struct bytes passphrase, struct bytes salt, uint32_t rounds,
                                       struct span out);
