/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/private/key_file.h"

#include "base/limits.h"
#include "base/writer.h"
#include "crypto/aead.h"
#include "crypto/base64.h"
#include "crypto/bcrypt_pbkdf.h"
#include "crypto/chachapoly.h"
#include "crypto/cipher.h"

#include <string.h>

static const char BEGIN[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char END[] = "-----END OPENSSH PRIVATE KEY-----";
static const char MAGIC[] = "openssh-key-v1"; /* with its NUL */

enum { LINE_LEN = 70 };

enum mode { PLAIN, CTR, GCM, CHACHAPOLY };

static const struct cipher_row {
    const char *name;
    enum mode mode;
    size_t key_len, iv_len, block_len;
} ciphers[] = {
    { "none", PLAIN, 0, 0, 8 },
    { "aes128-ctr", CTR, 16, 16, 16 },
    { "aes192-ctr", CTR, 24, 16, 16 },
    { "aes256-ctr", CTR, 32, 16, 16 },
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
    if (bytes_is(out->kdf, "none"))
        return options.len == 0 && bytes_is(out->cipher, "none") ? OK : ERR_BAD_VALUE;
    if (!bytes_is(out->kdf, "bcrypt"))
        return ERR_UNSUPPORTED;
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

static enum err decrypt_gcm(const struct key_file *file, struct bytes key, const uint8_t *iv,
                            struct span data)
{
    struct aead *aead = aead_new(key, false);
    enum err err = aead_open(aead, iv, BYTES_NONE, data, file->tag.data);
    aead_free(aead);
    return err;
}

/* The packet form of this cipher begins with four octets of length; here there are none, so OpenSSH runs
 * it with an empty one. We cannot express that with ours. */
static enum err decrypt_in_place(const struct cipher_row *cipher, const struct key_file *file,
                                 const uint8_t *key, struct span data)
{
    struct bytes key_bytes = bytes_of(key, cipher->key_len);
    const uint8_t *iv = key + cipher->key_len;
    struct cipher *ctr;
    switch (cipher->mode) {
    case PLAIN:
        return OK;
    case CTR:
        ctr = cipher_new(key_bytes, bytes_of(iv, cipher->iv_len));
        cipher_apply(ctr, data);
        cipher_free(ctr);
        return OK;
    case GCM:
        return decrypt_gcm(file, key_bytes, iv, data) == OK ? OK : ERR_WRONG_PASSPHRASE;
    case CHACHAPOLY:
        return ERR_UNSUPPORTED;
    }
    return ERR_UNSUPPORTED;
}

enum err key_file_decrypt(const struct key_file *file, const struct bytes *passphrase,
                          struct buf *section)
{
    const struct cipher_row *cipher = find(file->cipher);
    uint8_t key[CHACHAPOLY_KEY_LEN + 16];
    struct span wanted = { key, cipher->key_len + cipher->iv_len };
    if (cipher->mode == CHACHAPOLY)
        return ERR_UNSUPPORTED;
    if (cipher->mode != PLAIN) {
        if (!passphrase)
            return ERR_NEEDS_PASSPHRASE;
        if (passphrase->len == 0)
            return ERR_WRONG_PASSPHRASE;
        TRY(bcrypt_pbkdf_derive(*passphrase, file->salt, file->rounds, wanted));
    }
    struct span room;
    TRY(buf_reserve(section, file->section.len, &room));
    if (room.len)
        memcpy(room.data, file->section.data, room.len);
    enum err err = decrypt_in_place(cipher, file, key, room);
    bytes_wipe(key, sizeof(key));
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
