/* SPDX-License-Identifier: BSD-2-Clause */
/* Private keys: reading openssh-key-v1 and PEM files, signing, writing unencrypted openssh-key-v1. */
#pragma once

#include "base/buf.h"
#include "keys/key_type.h"

struct private_key;

/* Parses the content of a key file. `passphrase` may be NULL. ERR_NEEDS_PASSPHRASE when the file is
 * encrypted and there is none, ERR_WRONG_PASSPHRASE, ERR_UNSUPPORTED (cipher or type), ERR_BAD_VALUE and the
 * like for damage. CRLF line ends and a missing last newline are fine. */
NODISCARD enum err private_key_parse(struct bytes file, const struct bytes *passphrase,
                                     struct private_key **key);
void private_key_free(struct private_key *key);

/* Appends the blob of the public half, which an openssh-key-v1 file has in the clear. ERR_UNSUPPORTED for
 * other formats. */
NODISCARD enum err private_key_peek_public(struct bytes file, struct buf *blob);

/* What a file that does not parse seems to be, for the user ("this is the public half …", "a PuTTY key
 * …", "no END line"), or NULL if it is not recognised. */
const char *private_key_diagnose(struct bytes file);

NODISCARD enum err private_key_generate(enum pkey_kind kind, unsigned bits,
                                        struct private_key **key);

/* Appends the file text, unencrypted. ED25519 and ECDSA only; else ERR_UNSUPPORTED. */
NODISCARD enum err private_key_format(const struct private_key *key, const char *comment,
                                      struct buf *out);

/* OK, or ERR_SHORT_KEY: an RSA key whose signatures should not be accepted; it must not be used. */
NODISCARD enum err private_key_judge(const struct private_key *key);

struct bytes private_key_public_blob(const struct private_key *key); /* valid as long as the key */
struct bytes private_key_comment(const struct private_key *key);

/* Appends a signature blob (string algorithm, string signature). ERR_UNSUPPORTED when the algorithm
 * does not fit the key. */
NODISCARD enum err private_key_sign(const struct private_key *key, struct bytes algorithm,
                                    struct bytes message, struct buf *signature);
