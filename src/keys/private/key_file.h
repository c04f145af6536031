/* SPDX-License-Identifier: BSD-2-Clause */
/* The openssh-key-v1 file: armour, outer fields and encryption. private_key.c reads the decrypted section. */
#pragma once

#include "base/buf.h"
#include "base/reader.h"

/* Decodes the base64 between the armour lines. ERR_UNSUPPORTED when the file is of another kind,
 * ERR_BAD_VALUE when the armour is broken. */
NODISCARD enum err key_file_unwrap(struct bytes file, struct buf *out);

struct key_file {
    struct bytes cipher, kdf;
    struct bytes salt;
    uint32_t rounds;
    struct bytes public_blob;
    struct bytes section; /* encrypted or not */
    struct bytes tag;     /* of an AEAD */
};

/* Decodes the outer fields; they are borrowed. */
NODISCARD enum err key_file_decode(struct bytes octets, struct key_file *out);

/* Appends the decrypted section. ERR_NEEDS_PASSPHRASE, ERR_WRONG_PASSPHRASE (AEADs only: otherwise only
 * the section's check words show it), ERR_UNSUPPORTED for a cipher we lack. */
NODISCARD enum err key_file_decrypt(const struct key_file *file, const struct bytes *passphrase,
                                    struct buf *section);

/* Appends the armoured text of an unencrypted file. */
NODISCARD enum err key_file_format(struct bytes public_blob, struct bytes section, struct buf *out);
