/* SPDX-License-Identifier: BSD-2-Clause */
/* A key that decodes is its blob again, and every way to show it works; a made-up signature never
 * verifies. */
#include "crypto/crypto.h"
#include "fuzz/fuzz.h"
#include "keys/public_key.h"

enum { ROOM = 64 * 1024 };

static void show(const struct public_key *key)
{
    scoped(buf) text = BUF_EMPTY(ROOM);
    struct bytes blob = public_key_blob(key);
    CHECK(public_key_fingerprint(blob, DIGEST_SHA256, &text) == OK);
    CHECK(public_key_fingerprint(blob, DIGEST_MD5, &text) == OK);
    CHECK(public_key_randomart(blob, &text) == OK);
    CHECK(bytes_is(public_key_blob_type(blob), public_key_type(key)));
    CHECK(public_key_bits(key) >= 256);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_start();
    struct bytes rest = bytes_of(data, size);
    struct bytes signature = fuzz_part(&rest);

    scoped(buf) blob = BUF_EMPTY(ROOM);
    struct bytes type, comment;
    enum err err = public_key_parse_line(rest, &type, &blob, &comment);
    struct bytes given = err == OK ? buf_bytes(&blob) : rest;

    struct public_key *key = NULL;
    if (public_key_decode(given, &key) != OK)
        return 0;
    CHECK(bytes_equal(public_key_blob(key), given));
    show(key);
    CHECK(public_key_verify(key, bytes_text(public_key_type(key)), BYTES_LITERAL("a message"),
                            signature) != OK);
    public_key_free(key);
    return 0;
}
