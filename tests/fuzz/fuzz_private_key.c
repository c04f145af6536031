/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that parses signs, and what is written of it is the same key again. Whatever the file asks for,
 * its passphrase costs bounded time: the target counts on the limit of rounds. */
#include "crypto/crypto.h"
#include "fuzz/fuzz.h"
#include "keys/private/key_file.h"
#include "keys/private/private_key.h"
#include "keys/public_key.h"

enum { ROOM = 256 * 1024, ROUNDS_QUICK = 2 };

/* The key derivation is slow by design; what it makes of many rounds is not the parser's matter. */
static bool is_quick(struct bytes file)
{
    scoped(buf) octets = BUF_EMPTY(ROOM);
    struct key_file outer;
    if (key_file_unwrap(file, &octets) != OK || key_file_decode(buf_bytes(&octets), &outer) != OK)
        return true;
    return outer.rounds <= ROUNDS_QUICK;
}

static void must_come_back(const struct private_key *key)
{
    scoped(buf) file = BUF_EMPTY(ROOM);
    if (private_key_format(key, "a comment", &file) != OK)
        return;
    struct private_key *again = NULL;
    CHECK(private_key_parse(buf_bytes(&file), NULL, &again) == OK);
    CHECK(bytes_equal(private_key_public_blob(key), private_key_public_blob(again)));
    private_key_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_start();
    struct bytes file = bytes_of(data, size);
    struct bytes passphrase = BYTES_LITERAL("secret");
    scoped(buf) blob = BUF_EMPTY(ROOM);
    struct private_key *key = NULL;

    (void)private_key_diagnose(file);
    bool shows_public = private_key_peek_public(file, &blob) == OK;
    enum err err = private_key_parse(file, NULL, &key);
    if (err == ERR_NEEDS_PASSPHRASE && is_quick(file))
        err = private_key_parse(file, &passphrase, &key);
    if (err != OK)
        return 0;
    if (shows_public)
        CHECK(bytes_equal(private_key_public_blob(key), buf_bytes(&blob)));
    must_come_back(key);
    private_key_free(key);
    return 0;
}
