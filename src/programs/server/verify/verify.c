/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/verify/verify.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/writer.h"
#include "crypto/agree.h"
#include "keys/public_key.h"
#include "programs/server/verify/accepted_algorithms.h"

#include <string.h>

enum { LIST_MAX = 4096 /* OPTION_NAMES_MAX and its end */, ED25519_LEN = 32, RSA_LEN = 256 };

static bool is_accepted(const struct record *asked)
{
    char list[LIST_MAX];
    bool has_list = asked->numbers[1] != 0;
    if (has_list && !bytes_to_text(asked->texts[VERIFY_LIST], list, sizeof(list)))
        return false;
    return accepted_algorithms_has(has_list ? list : NULL, asked->texts[VERIFY_ALGORITHM]);
}

static enum err judge(const struct record *asked)
{
    struct public_key *key = NULL;
    const struct bytes *texts = asked->texts;
    if (!is_accepted(asked))
        return ERR_UNSUPPORTED;
    TRY(public_key_decode(texts[VERIFY_KEY], &key));
    const struct key_algorithm *algorithm = key_type_find(texts[VERIFY_ALGORITHM]);
    bool fits = algorithm && strcmp(algorithm->key_type, public_key_type(key)) == 0;
    if (fits && algorithm->kind == PKEY_RSA)
        fits = public_key_bits(key) >= asked->numbers[2];
    enum err err = fits ? OK : ERR_UNSUPPORTED;
    if (fits && asked->numbers[0])
        err = public_key_verify(key, texts[VERIFY_ALGORITHM], texts[VERIFY_DATA],
                                texts[VERIFY_SIGNATURE]);
    public_key_free(key);
    return err;
}

struct record verify_judge(const struct record *asked, struct buf *name)
{
    struct bytes blob = asked->texts[VERIFY_KEY];
    buf_clear(name);
    enum err err = buf_format(name, "%s ", public_key_short_name(public_key_blob_type(blob)));
    if (err == OK)
        err = public_key_fingerprint(blob, DIGEST_SHA256, name);
    CHECK(err == OK);
    return (struct record){ RECORD_VERIFIED, { judge(asked) == OK }, { buf_bytes(name) } };
}

/* ---- rehearsal ---- */

static void write_point(struct writer *w, const char *curve, enum agree_algorithm algorithm)
{
    struct agree *agree = agree_new(algorithm);
    writer_text(w, curve);
    writer_string(w, agree_public(agree));
    agree_free(agree);
}

/* A key whose private half nobody has. */
static void write_some_key(struct writer *w, const struct key_algorithm *algorithm,
                           struct bytes octets)
{
    writer_text(w, algorithm->key_type);
    switch (algorithm->kind) {
    case PKEY_ED25519:
        writer_string(w, bytes_slice(octets, 0, ED25519_LEN));
        return;
    case PKEY_P256:
        write_point(w, algorithm->curve, AGREE_P256);
        return;
    case PKEY_P384:
        write_point(w, algorithm->curve, AGREE_P384);
        return;
    case PKEY_P521:
        write_point(w, algorithm->curve, AGREE_P521);
        return;
    case PKEY_RSA:
        writer_string(w, BYTES_LITERAL("\1\0\1"));
        writer_mpint(w, octets);
        return;
    }
}

/* Well-formed, but wrong. */
static void write_some_signature(struct writer *w, const struct key_algorithm *algorithm,
                                 struct bytes octets)
{
    writer_text(w, algorithm->name);
    size_t mark = writer_open_string(w);
    if (algorithm->curve) {
        writer_mpint(w, bytes_slice(octets, 0, ED25519_LEN));
        writer_mpint(w, bytes_slice(octets, 0, ED25519_LEN));
    } else {
        writer_octets(w, algorithm->kind == PKEY_RSA ? octets
                                                     : bytes_slice(octets, 0, 2 * ED25519_LEN));
    }
    writer_close_string(w, mark);
}

static void rehearse_one(const struct key_algorithm *algorithm)
{
    uint8_t octets[RSA_LEN];
    memset(octets, 0x7f, sizeof(octets));
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    struct writer w = writer_to(&blob);
    write_some_key(&w, algorithm, bytes_of(octets, sizeof(octets)));
    CHECK(writer_end(&w) == OK);
    w = writer_to(&signature);
    write_some_signature(&w, algorithm, bytes_of(octets, sizeof(octets)));
    CHECK(writer_end(&w) == OK);

    struct public_key *key = NULL;
    enum err err = public_key_decode(buf_bytes(&blob), &key);
    CHECK(err == OK);
    err = public_key_verify(key, bytes_text(algorithm->name), BYTES_LITERAL("data"),
                            buf_bytes(&signature));
    CHECK(err == ERR_BAD_SIGNATURE);
    public_key_free(key);
    CHECK(public_key_decode(bytes_slice(buf_bytes(&blob), 0, buf_len(&blob) - 1), &key) != OK);
}

void verify_rehearse(void)
{
    for (size_t i = 0; i < key_type_all.count; i++)
        rehearse_one(&key_type_all.rows[i]);
}
