/* SPDX-License-Identifier: BSD-2-Clause */
/* AES-GCM in place with a kept key. The caller chooses the nonce, which must never repeat when sealing. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

enum { AEAD_NONCE_LEN = 12, AEAD_TAG_LEN = 16 };

struct aead;

/* One direction: an object that seals cannot open. The key has 16 or 32 octets and is copied. */
struct aead *aead_new(struct bytes key, bool seals);
void aead_free(struct aead *aead);

/* Encrypts `data` in place and writes its tag. */
void aead_seal(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], struct bytes associated,
               struct span data, uint8_t tag[AEAD_TAG_LEN]);

/* Decrypts `data` in place. On ERR_BAD_MAC its content is meaningless. */
NODISCARD enum err aead_open(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN],
                             struct bytes associated, struct span data,
                             const uint8_t tag[AEAD_TAG_LEN]);
