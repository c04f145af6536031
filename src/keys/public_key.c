/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/public_key.h"

#include "base/base64.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/reader.h"
#include "base/writer.h"

#include <stdlib.h>
#include <string.h>

enum { RSA_BITS_MAX = 16384, ED25519_SIGNATURE_LEN = 64 };

struct public_key {
    const struct key_algorithm *algorithm; /* the first one of its type */
    struct pkey *pkey;
    struct buf blob;
};

/* ---- blobs ---- */

static enum err decode_ed25519(struct reader *r, struct pkey **pkey)
{
    struct bytes value = reader_string(r, "public key");
    TRY(reader_end(r));
    return pkey_ed25519_public(value, pkey);
}

static enum err decode_ecdsa(struct reader *r, const struct key_algorithm *type, struct pkey **pkey)
{
    struct bytes curve = reader_string(r, "curve");
    struct bytes point = reader_string(r, "public point");
    TRY(reader_end(r));
    if (!bytes_is(curve, type->curve))
        return ERR_BAD_VALUE;
    return pkey_ecdsa_public(type->kind, point, pkey);
}

static enum err decode_rsa(struct reader *r, struct pkey **pkey)
{
    struct bytes e = reader_mpint(r, "public exponent");
    struct bytes n = reader_mpint(r, "modulus");
    TRY(reader_end(r));
    return pkey_rsa_public(n, e, pkey);
}

static enum err decode_fields(struct reader *r, const struct key_algorithm *type,
                              struct pkey **pkey)
{
    switch (type->kind) {
    case PKEY_ED25519:
        return decode_ed25519(r, pkey);
    case PKEY_P256:
    case PKEY_P384:
    case PKEY_P521:
        return decode_ecdsa(r, type, pkey);
    case PKEY_RSA:
        return decode_rsa(r, pkey);
    }
    return ERR_UNSUPPORTED;
}

enum err public_key_decode(struct bytes blob, struct public_key **key)
{
    struct reader r = reader_over(blob, NULL);
    struct bytes name = reader_string(&r, "key type");
    const struct key_algorithm *type = key_type_of_key(name);
    if (blob.len > LIMIT_KEY_BLOB)
        return ERR_TOO_LONG;
    if (!type)
        return r.is_short ? ERR_TRUNCATED : ERR_UNSUPPORTED;

    struct pkey *pkey;
    TRY(decode_fields(&r, type, &pkey));
    struct public_key *made = calloc(1, sizeof(*made));
    CHECK(made != NULL);
    made->algorithm = type;
    made->pkey = pkey;
    buf_init(&made->blob, LIMIT_KEY_BLOB);
    enum err err = buf_append(&made->blob, blob);
    CHECK(err == OK);
    *key = made;
    return OK;
}

void public_key_free(struct public_key *key)
{
    if (!key)
        return;
    pkey_free(key->pkey);
    buf_wipe(&key->blob);
    free(key);
}

static const struct key_algorithm *type_of_kind(enum pkey_kind kind)
{
    for (size_t i = 0; i < key_type_all.count; i++) {
        if (key_type_all.rows[i].kind == kind)
            return &key_type_all.rows[i];
    }
    return NULL;
}

enum err public_key_encode(const struct pkey *pkey, struct buf *blob)
{
    const struct key_algorithm *type = type_of_kind(pkey_kind(pkey));
    scoped(buf) first = BUF_EMPTY(LIMIT_KEY_BLOB);
    scoped(buf) second = BUF_EMPTY(LIMIT_KEY_BLOB);
    struct writer w = writer_to(blob);

    writer_text(&w, type->key_type);
    if (type->kind == PKEY_RSA) {
        TRY(pkey_rsa_modulus(pkey, &second, &first));
        writer_mpint(&w, buf_bytes(&first));
        writer_mpint(&w, buf_bytes(&second));
        return writer_end(&w);
    }
    TRY(pkey_public_value(pkey, &first));
    if (type->curve)
        writer_text(&w, type->curve);
    writer_string(&w, buf_bytes(&first));
    return writer_end(&w);
}

struct bytes public_key_blob(const struct public_key *key)
{
    return buf_bytes(&key->blob);
}

const char *public_key_type(const struct public_key *key)
{
    return key->algorithm->key_type;
}

unsigned public_key_bits(const struct public_key *key)
{
    return pkey_bits(key->pkey);
}

const char *public_key_short_name(struct bytes key_type)
{
    const struct key_algorithm *type = key_type_of_key(key_type);
    if (!type)
        return "UNKNOWN";
    if (type->kind == PKEY_RSA)
        return "RSA";
    return type->kind == PKEY_ED25519 ? "ED25519" : "ECDSA";
}

/* ---- text ---- */

static enum err md5_fingerprint(const uint8_t *sum, struct buf *out)
{
    TRY(buf_append_text(out, "MD5"));
    for (size_t i = 0; i < digest_len(DIGEST_MD5); i++)
        TRY(buf_format(out, ":%02x", sum[i]));
    return OK;
}

enum err public_key_fingerprint(struct bytes blob, enum digest_algorithm digest, struct buf *out)
{
    uint8_t sum[DIGEST_LEN_MAX];
    digest_once(digest, blob, sum);
    if (digest == DIGEST_MD5)
        return md5_fingerprint(sum, out);
    CHECK(digest == DIGEST_SHA256);
    TRY(buf_append_text(out, "SHA256:"));
    return base64_encode(bytes_of(sum, digest_len(digest)), false, out);
}

/* ---- signatures ---- */

/* Padded with leading zeros to the width. */
static enum err append_padded(struct buf *out, struct bytes number, size_t width)
{
    struct span room;
    CHECK(number.len <= width);
    TRY(buf_reserve(out, width, &room));
    memset(room.data, 0, width - number.len);
    if (number.len)
        memcpy(bytes_span_skip(room, width - number.len).data, number.data, number.len);
    buf_commit(out, width);
    return OK;
}

/* RFC 5656 section 3.1.2: two mpints; pkey_verify wants both at full width. */
static enum err raw_ecdsa(const struct public_key *key, struct bytes value, struct buf *raw)
{
    size_t width = (public_key_bits(key) + 7) / 8;
    struct reader r = reader_over(value, NULL);
    struct bytes first = reader_mpint(&r, "r");
    struct bytes second = reader_mpint(&r, "s");
    TRY(reader_end(&r));
    if (first.len == 0 || second.len == 0 || first.len > width || second.len > width)
        return ERR_BAD_SIGNATURE;
    TRY(append_padded(raw, first, width));
    return append_padded(raw, second, width);
}

/* Some implementations drop leading zeros of an RSA signature. */
static enum err raw_rsa(const struct public_key *key, struct bytes value, struct buf *raw)
{
    unsigned bits = public_key_bits(key);
    size_t width = (bits + 7) / 8;
    if (bits < PUBLIC_KEY_RSA_BITS_MIN || bits > RSA_BITS_MAX || value.len == 0 ||
        value.len > width)
        return ERR_BAD_SIGNATURE;
    return append_padded(raw, value, width);
}

static enum err raw_signature(const struct public_key *key, struct bytes value, struct buf *raw)
{
    if (key->algorithm->kind == PKEY_RSA)
        return raw_rsa(key, value, raw);
    if (key->algorithm->kind != PKEY_ED25519)
        return raw_ecdsa(key, value, raw);
    return value.len == ED25519_SIGNATURE_LEN ? buf_append(raw, value) : ERR_BAD_SIGNATURE;
}

enum err public_key_verify(const struct public_key *key, struct bytes algorithm,
                           struct bytes message, struct bytes signature)
{
    const struct key_algorithm *how = key_type_find(algorithm);
    if (!how || strcmp(how->key_type, key->algorithm->key_type) != 0)
        return ERR_BAD_SIGNATURE;
    struct reader r = reader_over(signature, NULL);
    struct bytes name = reader_string(&r, "signature algorithm");
    struct bytes value = reader_string(&r, "signature");
    TRY(reader_end(&r));
    if (!bytes_equal(name, algorithm))
        return ERR_BAD_SIGNATURE;
    scoped(buf) raw = BUF_EMPTY(LIMIT_SIGNATURE);
    TRY(raw_signature(key, value, &raw));
    return pkey_verify(key->pkey, how->digest, message, buf_bytes(&raw));
}
