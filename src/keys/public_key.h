/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys: SSH's blob (RFC 4253 section 6.6), the text line around it, fingerprints. */
#pragma once

#include "base/buf.h"
#include "keys/key_type.h"

struct public_key;

enum { PUBLIC_KEY_RSA_BITS_MIN = 2048 }; /* bits of an RSA key whose signatures are accepted */

/* Checks the blob completely: known type, well-formed, point on curve, RSA of at least 1,024 bits,
 * nothing after the last field. ERR_UNSUPPORTED for an unknown type, else ERR_BAD_VALUE and the like. */
NODISCARD enum err public_key_decode(struct bytes blob, struct public_key **key);
void public_key_free(struct public_key *key);

/* Makes the blob of a libcrypto key (its public half). */
NODISCARD enum err public_key_encode(const struct pkey *pkey, struct buf *blob);

struct bytes public_key_blob(const struct public_key *key); /* valid as long as the key */
const char *public_key_type(const struct public_key *key);  /* "ssh-ed25519" */
unsigned public_key_bits(const struct public_key *key);

/* The type name at the front of a blob; nothing else is checked. */
struct bytes public_key_blob_type(struct bytes blob);

/* A name for the user: "ED25519", "ECDSA", "RSA"; "UNKNOWN" for other types. */
const char *public_key_short_name(struct bytes key_type);

/* Reads "type base64 [comment]". On success the decoded blob is appended to `blob`; type and comment
 * are borrowed from the line. The base64 and the blob's leading type must agree with the type word;
 * keys of unknown types are accepted as text. */
NODISCARD enum err public_key_parse_line(struct bytes line, struct bytes *type, struct buf *blob,
                                         struct bytes *comment);

/* "SHA256:…" or "MD5:aa:bb:…" (DIGEST_SHA256, DIGEST_MD5), appended. */
NODISCARD enum err public_key_fingerprint(struct bytes blob, enum digest_algorithm digest,
                                          struct buf *out);

/* The picture of OpenSSH's VisualHostKey ("drunken bishop" over SHA-256), lines ended by '\n'. */
NODISCARD enum err public_key_randomart(struct bytes blob, struct buf *out);

/* Verifies a signature blob (string algorithm, string signature) over the message. The blob must name
 * `algorithm`, and the algorithm must fit the key's type. RSA below 2,048 bits is refused.
 * ERR_BAD_SIGNATURE, or a decoding error. */
NODISCARD enum err public_key_verify(const struct public_key *key, struct bytes algorithm,
                                     struct bytes message, struct bytes signature);
