/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/private/key_file.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/writer.h"
#include "crypto/aead.h"
#include "crypto/bcrypt_pbkdf.h"
#include "crypto/cbc.h"
#include "crypto/chachapoly.h"
#include "crypto/cipher.h"

#include <string.h>

static const char BEGIN[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char END[] = "-----END OPENSSH PRIVATE KEY-----";
static const char MAGIC[] = "openssh-key-v1"; /* with its NUL */

enum { LINE_LEN = 70, IV_LEN_MAX = 16 };

enum mode { PLAIN, CTR, CBC, TRIPLE_DES, GCM, CHACHAPOLY };

static const struct cipher_row {
    const char *name;
    enum mode mode;
    size_t key_len, iv_len, block_len;
} ciphers[] = {
    { "none", PLAIN, 0, 0, 8 },
    { "aes128-ctr", CTR, 16, 16, 16 },
    { "aes192-ctr", CTR, 24, 16, 16 },
    { "aes256-ctr", CTR, 32, 16, 16 },
    { "aes128-cbc", CBC, 16, 16, 16 },
    { "aes192-cbc", CBC, 24, 16, 16 },
    { "aes256-cbc", CBC, 32, 16, 16 },
    { "3des-cbc", TRIPLE_DES, 24, 8, 8 },
    { "aes128-gcm@openssh.com", GCM, 16, AEAD_NONCE_LEN, 16 },
    { "aes256-gcm@openssh.com", GCM, 32, AEAD_NONCE_LEN, 16 },
    { "chacha20-poly1305@openssh.com", CHACHAPOLY, CHACHAPOLY_KEY_LEN, 0, 8 },
};

static const struct cipher_row *find(struct bytes name)
{
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        if (bytes_is(name, ciphers[i].name))
            return &ciphers[i];
    }
    return NULL;
}

/* ---- armour ---- */

static struct bytes next_line(struct bytes *text)
{
    struct bytes line = bytes_cut(text, '\n');
    while (line.len && line.data[line.len - 1] == '\r')
        line.len--;
    return bytes_trim(line);
}

enum err key_file_unwrap(struct bytes file, struct buf *out)
{
    scoped(buf) base64 = BUF_EMPTY(LIMIT_KEY_FILE);
    struct bytes line = BYTES_NONE;
    while (file.len && line.len == 0)
        line = next_line(&file);
    if (!bytes_is(line, BEGIN))
        return ERR_UNSUPPORTED;
    while (file.len) {
        line = next_line(&file);
        if (bytes_is(line, END))
            return base64_decode(buf_bytes(&base64), out);
        TRY(buf_append(&base64, line));
    }
    return ERR_BAD_VALUE;
}

static enum err armour(struct bytes octets, struct buf *out)
{
    scoped(buf) base64 = BUF_EMPTY(LIMIT_KEY_FILE);
    TRY(base64_encode(octets, true, &base64));
    TRY(buf_format(out, "%s\n", BEGIN));
    for (size_t at = 0; at < buf_len(&base64); at += LINE_LEN) {
        TRY(buf_append(out, bytes_slice(buf_bytes(&base64), at, LINE_LEN)));
        TRY(buf_append_text(out, "\n"));
    }
    return buf_format(out, "%s\n", END);
}

/* ---- outer fields ---- */

static enum err decode_kdf_options(struct bytes options, struct key_file *out)
{
    bool is_plain = bytes_is(out->cipher, "none");
    if (bytes_is(out->kdf, "none"))
        return options.len == 0 && is_plain ? OK : ERR_BAD_VALUE;
    if (!bytes_is(out->kdf, "bcrypt"))
        return ERR_UNSUPPORTED;
    if (is_plain)
        return ERR_BAD_VALUE;
    struct reader r = reader_over(options, NULL);
    out->salt = reader_string(&r, "salt");
    out->rounds = reader_u32(&r, "rounds");
    return reader_end(&r);
}

enum err key_file_decode(struct bytes octets, struct key_file *out)
{
    struct reader r = reader_over(octets, NULL);
    *out = (struct key_file){ 0 };
    struct bytes magic = reader_octets(&r, "magic", sizeof(MAGIC));
    out->cipher = reader_string(&r, "cipher");
    out->kdf = reader_string(&r, "kdf");
    struct bytes options = reader_string(&r, "kdf options");
    uint32_t count = reader_u32(&r, "number of keys");
    out->public_blob = reader_string(&r, "public key");
    out->section = reader_string(&r, "private section");
    out->tag = reader_rest(&r, "tag");
    TRY(reader_end(&r));

    if (!bytes_equal(magic, bytes_of(MAGIC, sizeof(MAGIC))) || count != 1)
        return ERR_BAD_VALUE;
    const struct cipher_row *cipher = find(out->cipher);
    if (!cipher)
        return ERR_UNSUPPORTED;
    bool is_aead = cipher->mode == GCM || cipher->mode == CHACHAPOLY;
    if (out->tag.len != (is_aead ? AEAD_TAG_LEN : 0) || out->section.len % cipher->block_len)
        return ERR_BAD_VALUE;
    return decode_kdf_options(options, out);
}

/* ---- encryption ---- */

static enum err open_gcm(struct bytes key, struct bytes iv, struct bytes tag, struct span data)
{
    struct aead *aead = aead_new(key, false);
    enum err err = aead_open(aead, iv.data, BYTES_NONE, data, tag.data);
    aead_free(aead);
    return err == OK ? OK : ERR_WRONG_PASSPHRASE;
}

static enum err open_chachapoly(struct bytes key, struct bytes tag, struct span data)
{
    struct chachapoly *chachapoly = chachapoly_new(key);
    enum err err = chachapoly_open_bare(chachapoly, 0, data, tag.data);
    chachapoly_free(chachapoly);
    return err == OK ? OK : ERR_WRONG_PASSPHRASE;
}

static void apply_ctr(struct bytes key, struct bytes iv, struct span data)
{
    struct cipher *ctr = cipher_new(key, iv);
    cipher_apply(ctr, data);
    cipher_free(ctr);
}

static enum err decrypt_in_place(enum mode mode, struct bytes key, struct bytes iv,
                                 struct bytes tag, struct span data)
{
    switch (mode) {
    case PLAIN:
        return OK;
    case CTR:
        apply_ctr(key, iv, data);
        return OK;
    case CBC:
        cbc_decrypt(CBC_AES, key, iv, data);
        return OK;
    case TRIPLE_DES:
        cbc_decrypt(CBC_3DES, key, iv, data);
        return OK;
    case GCM:
        return open_gcm(key, iv, tag, data);
    case CHACHAPOLY:
        return open_chachapoly(key, tag, data);
    }
    return ERR_UNSUPPORTED;
}

static enum err derive(const struct key_file *file, const struct bytes *passphrase, struct span out)
{
    if (!passphrase)
        return ERR_NEEDS_PASSPHRASE;
    if (passphrase->len == 0)
        return ERR_WRONG_PASSPHRASE;
    return bcrypt_pbkdf_derive(*passphrase, file->salt, file->rounds, out);
}

enum err key_file_decrypt(const struct key_file *file, const struct bytes *passphrase,
                          struct buf *section)
{
    const struct cipher_row *cipher = find(file->cipher);
    uint8_t secret[CHACHAPOLY_KEY_LEN + IV_LEN_MAX];
    struct span room;
    TRY(buf_reserve(section, file->section.len, &room));
    if (cipher->mode != PLAIN)
        TRY(derive(file, passphrase, (struct span){ secret, cipher->key_len + cipher->iv_len }));
    if (room.len)
        memcpy(room.data, file->section.data, room.len);

    struct bytes key = bytes_of(secret, cipher->key_len);
    struct bytes iv = bytes_of(secret + cipher->key_len, cipher->iv_len);
    enum err err = decrypt_in_place(cipher->mode, key, iv, file->tag, room);
    bytes_wipe(secret, sizeof(secret));
    TRY(err);
    buf_commit(section, room.len);
    return OK;
}

enum err key_file_format(struct bytes public_blob, struct bytes section, struct buf *out)
{
    scoped(buf) octets = BUF_EMPTY(LIMIT_KEY_FILE);
    struct writer w = writer_to(&octets);
    writer_octets(&w, bytes_of(MAGIC, sizeof(MAGIC)));
    writer_text(&w, "none");
    writer_text(&w, "none");
    writer_text(&w, "");
    writer_u32(&w, 1);
    writer_string(&w, public_blob);
    writer_string(&w, section);
    TRY(writer_end(&w));
    return armour(buf_bytes(&octets), out);
}
