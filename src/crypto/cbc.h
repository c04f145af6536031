/* SPDX-License-Identifier: BSD-2-Clause */
/* Decryption in CBC mode, for private key files from older versions of OpenSSH. Nothing on the wire uses
 * it. */
#pragma once

#include "base/bytes.h"

enum cbc_kind { CBC_AES, CBC_3DES };

/* Decrypts whole blocks in place, without padding. An AES key has 16, 24 or 32 octets, its blocks and `iv`
 * 16; a 3DES key has 24, its blocks and `iv` 8. */
void cbc_decrypt(enum cbc_kind kind, struct bytes key, struct bytes iv, struct span data);
