/* SPDX-License-Identifier: BSD-2-Clause */
/* AES in counter mode as one continuous stream (RFC 4344 section 4). Encryption and decryption are
 * the same operation. */
#pragma once

#include "base/bytes.h"

struct cipher;

/* The key has 16, 24 or 32 octets, the first counter block 16; both are copied. */
struct cipher *cipher_new(struct bytes key, struct bytes counter);
void cipher_free(struct cipher *cipher);

/* Encrypts or decrypts in place, and advances the stream. */
void cipher_apply(struct cipher *cipher, struct span data);
