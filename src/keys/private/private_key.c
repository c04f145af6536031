/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/private/private_key.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/random.h"
#include "keys/private/key_file.h"
#include "keys/public_key.h"

#include <stdlib.h>
#include <string.h>

enum { SECTION_BLOCK = 8, ED25519_SEED_LEN = 32, ED25519_PAIR_LEN = 64 };

struct private_key {
    struct pkey *pkey;
    struct buf blob, comment;
};

static struct private_key *make(struct pkey *pkey, struct bytes comment)
{
    struct private_key *key = calloc(1, sizeof(*key));
    CHECK(key != NULL);
    key->pkey = pkey;
    buf_init(&key->blob, LIMIT_KEY_BLOB);
    buf_init(&key->comment, LIMIT_KEY_FILE);
    enum err err = public_key_encode(pkey, &key->blob);
    if (err == OK)
        err = buf_append(&key->comment, comment);
    CHECK(err == OK);
    return key;
}

void private_key_free(struct private_key *key)
{
    if (!key)
        return;
    pkey_free(key->pkey);
    buf_wipe(&key->blob);
    buf_wipe(&key->comment);
    free(key);
}

enum err private_key_judge(const struct private_key *key)
{
    bool is_short =
        pkey_kind(key->pkey) == PKEY_RSA && pkey_bits(key->pkey) < PUBLIC_KEY_RSA_BITS_MIN;
    return is_short ? ERR_SHORT_KEY : OK;
}

struct bytes private_key_public_blob(const struct private_key *key)
{
    return buf_bytes(&key->blob);
}

struct bytes private_key_comment(const struct private_key *key)
{
    return buf_bytes(&key->comment);
}

enum err private_key_generate(enum pkey_kind kind, unsigned bits, struct private_key **key)
{
    struct pkey *pkey;
    TRY(pkey_generate(kind, bits, &pkey));
    *key = make(pkey, BYTES_NONE);
    return OK;
}

/* ---- the private section of openssh-key-v1 ---- */

static enum err read_ed25519(struct reader *r, struct pkey **pkey)
{
    struct bytes public_value = reader_string(r, "public key");
    struct bytes pair = reader_string(r, "seed and public key");
    if (r->is_short || pair.len != ED25519_PAIR_LEN ||
        !bytes_equal(bytes_skip(pair, ED25519_SEED_LEN), public_value))
        return ERR_BAD_VALUE;
    return pkey_ed25519_private(bytes_slice(pair, 0, ED25519_SEED_LEN), public_value, pkey);
}

static enum err read_ecdsa(struct reader *r, const struct key_algorithm *type, struct pkey **pkey)
{
    struct bytes curve = reader_string(r, "curve");
    struct bytes point = reader_string(r, "public point");
    struct bytes scalar = reader_mpint(r, "private scalar");
    if (r->is_short || !bytes_is(curve, type->curve))
        return ERR_BAD_VALUE;
    return pkey_ecdsa_private(type->kind, point, scalar, pkey);
}

static enum err read_rsa(struct reader *r, struct pkey **pkey)
{
    struct pkey_rsa values;
    values.n = reader_mpint(r, "n");
    values.e = reader_mpint(r, "e");
    values.d = reader_mpint(r, "d");
    values.iqmp = reader_mpint(r, "iqmp");
    values.p = reader_mpint(r, "p");
    values.q = reader_mpint(r, "q");
    return r->is_short ? ERR_TRUNCATED : pkey_rsa_private(&values, pkey);
}

static enum err read_key(struct reader *r, struct pkey **pkey)
{
    const struct key_algorithm *type = key_type_of_key(reader_string(r, "key type"));
    if (!type)
        return ERR_UNSUPPORTED;
    switch (type->kind) {
    case PKEY_ED25519:
        return read_ed25519(r, pkey);
    case PKEY_P256:
    case PKEY_P384:
    case PKEY_P521:
        return read_ecdsa(r, type, pkey);
    case PKEY_RSA:
        return read_rsa(r, pkey);
    }
    return ERR_UNSUPPORTED;
}

/* Comment, then the padding 1, 2, 3, … */
static enum err read_tail(struct reader *r, struct bytes *comment)
{
    *comment = reader_string(r, "comment");
    struct bytes padding = reader_rest(r, "padding");
    TRY(reader_end(r));
    for (size_t i = 0; i < padding.len; i++) {
        if (padding.data[i] != i + 1)
            return ERR_BAD_VALUE;
    }
    return OK;
}

static enum err parse_section(struct bytes section, bool was_encrypted, struct private_key **key)
{
    struct reader r = reader_over(section, NULL);
    uint32_t first = reader_u32(&r, "check");
    uint32_t second = reader_u32(&r, "check again");
    if (r.is_short || first != second)
        return was_encrypted ? ERR_WRONG_PASSPHRASE : ERR_BAD_VALUE;
    struct pkey *pkey;
    TRY(read_key(&r, &pkey));
    struct bytes comment;
    enum err err = read_tail(&r, &comment);
    if (err == OK)
        *key = make(pkey, comment);
    else
        pkey_free(pkey);
    return err;
}

static enum err parse_openssh(struct bytes octets, const struct bytes *passphrase,
                              struct private_key **key)
{
    struct key_file file;
    scoped(buf) section = BUF_EMPTY(LIMIT_KEY_FILE);
    TRY(key_file_decode(octets, &file));
    TRY(key_file_decrypt(&file, passphrase, &section));
    TRY(parse_section(buf_bytes(&section), !bytes_is(file.cipher, "none"), key));
    /* A public half that does not belong to the private one could make us leak the latter. */
    if (bytes_equal(private_key_public_blob(*key), file.public_blob))
        return OK;
    private_key_free(*key);
    *key = NULL;
    return ERR_BAD_VALUE;
}

enum err private_key_parse(struct bytes file, const struct bytes *passphrase,
                           struct private_key **key)
{
    scoped(buf) octets = BUF_EMPTY(LIMIT_KEY_FILE);
    if (file.len > LIMIT_KEY_FILE)
        return ERR_TOO_LONG;
    enum err err = key_file_unwrap(file, &octets);
    if (err == OK)
        return parse_openssh(buf_bytes(&octets), passphrase, key);
    if (err != ERR_UNSUPPORTED)
        return err;
    struct pkey *pkey;
    TRY(pkey_from_pem(file, passphrase, &pkey));
    *key = make(pkey, BYTES_NONE);
    return OK;
}

enum err private_key_peek_public(struct bytes file, struct buf *blob)
{
    scoped(buf) octets = BUF_EMPTY(LIMIT_KEY_FILE);
    struct key_file decoded;
    if (file.len > LIMIT_KEY_FILE)
        return ERR_TOO_LONG;
    TRY(key_file_unwrap(file, &octets));
    TRY(key_file_decode(buf_bytes(&octets), &decoded));
    return buf_append(blob, decoded.public_blob);
}

/* ---- what a file that does not parse may be ---- */

static bool has(struct bytes file, const char *needle)
{
    return file.data && memmem(file.data, file.len, needle, strlen(needle)) != NULL;
}

/* The public half has the type. */
static const char *diagnose_type(struct bytes file)
{
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_FILE);
    if (private_key_peek_public(file, &blob) != OK)
        return NULL;
    struct bytes type = public_key_blob_type(buf_bytes(&blob));
    if (bytes_starts(type, "sk-"))
        return "this key is in hardware (FIDO), which is not supported";
    return key_type_of_key(type)
               ? NULL
               : "keys of this type are not supported; ED25519, ECDSA and RSA are";
}

const char *private_key_diagnose(struct bytes file)
{
    if (file.len == 0)
        return "the file is empty";
    if (bytes_starts(file, "ssh-") || bytes_starts(file, "ecdsa-") || bytes_starts(file, "sk-") ||
        has(file, "PUBLIC KEY-----"))
        return "this is the public half (.pub); the private one is needed";
    if (bytes_starts(file, "PuTTY-User-Key-File-"))
        return "this is a PuTTY key; convert it: puttygen KEY -O private-openssh -o NEW";
    if (bytes_starts(file, "---- BEGIN SSH2"))
        return "this is a key of ssh.com's format; convert it: ssh-keygen -i -f KEY";
    if (has(file, "BEGIN CERTIFICATE"))
        return "this is an X.509 certificate, not a key";
    if (!has(file, "-----BEGIN "))
        return "this is not a private key: there is no line -----BEGIN … PRIVATE KEY-----";
    if (has(file, "\\n"))
        return "the line ends were written as the two characters \\n: turn them into real ones";
    if (!has(file, "-----END "))
        return "the file is cut off: there is no line -----END … PRIVATE KEY-----";
    if (has(file, "BEGIN DSA PRIVATE KEY"))
        return "DSA keys are not supported";
    scoped(buf) octets = BUF_EMPTY(LIMIT_KEY_FILE);
    if (has(file, "-----BEGIN OPENSSH") && key_file_unwrap(file, &octets) == ERR_UNSUPPORTED)
        return "there is text before the line -----BEGIN OPENSSH PRIVATE KEY-----";
    return diagnose_type(file);
}

/* ---- writing ---- */

static enum err write_key(struct writer *w, const struct private_key *key)
{
    const struct key_algorithm *type = key_type_of_key(public_key_blob_type(buf_bytes(&key->blob)));
    scoped(buf) public_value = BUF_EMPTY(LIMIT_KEY_BLOB);
    scoped(buf) private_value = BUF_EMPTY(LIMIT_KEY_BLOB);
    if (type->kind == PKEY_RSA)
        return ERR_UNSUPPORTED;
    TRY(pkey_public_value(key->pkey, &public_value));
    TRY(pkey_private_value(key->pkey, &private_value));

    writer_text(w, type->key_type);
    if (type->curve) {
        writer_text(w, type->curve);
        writer_string(w, buf_bytes(&public_value));
        writer_mpint(w, buf_bytes(&private_value));
        return OK;
    }
    writer_string(w, buf_bytes(&public_value));
    size_t mark = writer_open_string(w);
    writer_octets(w, buf_bytes(&private_value));
    writer_octets(w, buf_bytes(&public_value));
    writer_close_string(w, mark);
    return OK;
}

enum err private_key_format(const struct private_key *key, const char *comment, struct buf *out)
{
    scoped(buf) section = BUF_EMPTY(LIMIT_KEY_FILE);
    struct writer w = writer_to(&section);
    uint8_t check[4];
    rng_fill(random_source(), check, sizeof(check));
    writer_octets(&w, bytes_of(check, sizeof(check)));
    writer_octets(&w, bytes_of(check, sizeof(check)));
    TRY(write_key(&w, key));
    writer_text(&w, comment);
    for (uint8_t i = 1; buf_len(&section) % SECTION_BLOCK; i++)
        writer_u8(&w, i);
    TRY(writer_end(&w));
    return key_file_format(private_key_public_blob(key), buf_bytes(&section), out);
}

/* ---- signing ---- */

static struct bytes half(const struct buf *raw, bool second)
{
    size_t width = buf_len(raw) / 2;
    return bytes_slice(buf_bytes(raw), second ? width : 0, width);
}

enum err private_key_sign(const struct private_key *key, struct bytes algorithm,
                          struct bytes message, struct buf *signature)
{
    const struct key_algorithm *how = key_type_find(algorithm);
    if (!how || !bytes_is(public_key_blob_type(buf_bytes(&key->blob)), how->key_type))
        return ERR_UNSUPPORTED;
    scoped(buf) raw = BUF_EMPTY(LIMIT_SIGNATURE);
    TRY(pkey_sign(key->pkey, how->digest, message, &raw));

    struct writer w = writer_to(signature);
    writer_string(&w, algorithm);
    if (!how->curve) {
        writer_string(&w, buf_bytes(&raw));
        return writer_end(&w);
    }
    size_t mark = writer_open_string(&w);
    writer_mpint(&w, half(&raw, false));
    writer_mpint(&w, half(&raw, true));
    writer_close_string(&w, mark);
    return writer_end(&w);
}
