/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/private/private_key.h"

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/crypto.h"
#include "keys/private/key_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "key_vectors.h"

static const struct bytes horse = B("correct horse"), goat = B("mekmitasdigoat"), wrong = B("x");

static const struct key_case {
    const char *file;
    const char *public_file;
    const struct bytes *passphrase;
} key_cases[] = {
    { "generated/plain_ed25519_nocomment", "generated/plain_ed25519_nocomment.pub", NULL },
    { "generated/plain_p521", "generated/plain_p521.pub", NULL },
    { "generated/plain_rsa3072", "generated/plain_rsa3072.pub", NULL },
    { "regress/ecdsa256_openssh.prv", "regress/ecdsa256_openssh.pub", NULL },
    { "regress/ecdsa384_openssh.prv", "regress/ecdsa384_openssh.pub", NULL },
    { "regress/ecdsa521_openssh.prv", "regress/ecdsa521_openssh.pub", NULL },
    { "regress/ed25519_openssh.prv", "regress/ed25519_openssh.pub", NULL },
    { "regress/rsa_openssh.prv", "regress/rsa_openssh.pub", NULL },
    { "sshkey/ed25519_1", "sshkey/ed25519_1.pub", NULL },
    { "sshkey/ed25519_2", "sshkey/ed25519_2.pub", NULL },
    { "sshkey/ecdsa_1", "sshkey/ecdsa_1.pub", NULL },
    { "sshkey/ecdsa_2", "sshkey/ecdsa_2.pub", NULL },
    { "sshkey/ecdsa_n", "sshkey/ecdsa_1.pub", NULL },
    { "sshkey/rsa_1", "sshkey/rsa_1.pub", NULL },
    { "sshkey/rsa_2", "sshkey/rsa_2.pub", NULL },
    { "sshkey/rsa_n", "sshkey/rsa_1.pub", NULL },
    { "generated/pem_ecdsa384_pkcs8", "generated/pem_ecdsa384_pkcs8.pub", NULL },
    { "generated/pem_ecdsa_sec1", "generated/pem_ecdsa_sec1.pub", NULL },
    { "generated/pem_rsa_pkcs1", "generated/pem_rsa_pkcs1.pub", NULL },
    { "generated/pem_rsa_pkcs8", "generated/pem_rsa_pkcs8.pub", NULL },

    { "generated/enc_ed25519_aes128-ctr", "generated/enc_ed25519_aes128-ctr.pub", &horse },
    { "generated/enc_ed25519_aes256-ctr", "generated/enc_ed25519_aes256-ctr.pub", &horse },
    { "generated/enc_ed25519_aes128-gcm", "generated/enc_ed25519_aes128-gcm.pub", &horse },
    { "generated/enc_ed25519_aes256-gcm", "generated/enc_ed25519_aes256-gcm.pub", &horse },
    { "generated/enc_ed25519_aes128-cbc", "generated/enc_ed25519_aes128-cbc.pub", &horse },
    { "generated/enc_ed25519_aes256-cbc", "generated/enc_ed25519_aes256-cbc.pub", &horse },
    { "generated/enc_ed25519_3des-cbc", "generated/enc_ed25519_3des-cbc.pub", &horse },
    { "generated/enc_ed25519_chacha20-poly1305", "generated/enc_ed25519_chacha20-poly1305.pub",
      &horse },
    { "generated/pem_rsa_pkcs1_enc", "generated/pem_rsa_pkcs1_enc.pub", &horse },
    { "generated/pem_rsa_pkcs8_enc", "generated/pem_rsa_pkcs8_enc.pub", &horse },
    { "sshkey/ed25519_1_pw", "sshkey/ed25519_1.pub", &goat },
    { "sshkey/ecdsa_1_pw", "sshkey/ecdsa_1.pub", &goat },
    { "sshkey/ecdsa_n_pw", "sshkey/ecdsa_1.pub", &goat },
    { "sshkey/rsa_1_pw", "sshkey/rsa_1.pub", &goat },
    { "sshkey/rsa_n_pw", "sshkey/rsa_1.pub", &goat },
};

enum { KEY_CASE_COUNT = sizeof(key_cases) / sizeof(key_cases[0]), ENCRYPTED_FROM = 20 };

/* A copy that ends where its memory ends, so that the sanitizer sees reads behind it. */
static enum err parse(struct bytes file, const struct bytes *passphrase, struct private_key **key)
{
    uint8_t *copy = malloc(file.len ? file.len : 1);
    assert_non_null(copy);
    if (file.len)
        memcpy(copy, file.data, file.len);
    enum err err = private_key_parse(bytes_of(copy, file.len), passphrase, key);
    free(copy);
    return err;
}

static enum err refusal(struct bytes file, const struct bytes *passphrase)
{
    struct private_key *key = NULL;
    enum err err = parse(file, passphrase, &key);
    if (err == OK)
        private_key_free(key);
    return err;
}

static bool diagnosis_has(struct bytes file, const char *word)
{
    const char *text = private_key_diagnose(file);
    return text && strstr(text, word) != NULL;
}

static struct private_key *load(const struct key_case *key_case)
{
    scoped(buf) file = key_vectors_read(key_case->file);
    struct private_key *key = NULL;
    enum err err = parse(buf_bytes(&file), key_case->passphrase, &key);
    if (err != OK)
        fail_msg("%s: %s", key_case->file, err_name(err));
    return key;
}

/* ---- reading ---- */

static void every_kind_of_file_gives_the_key_of_its_public_half(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEY_CASE_COUNT; i++) {
        struct private_key *key = load(&key_cases[i]);
        scoped(buf) blob = key_vectors_blob(key_cases[i].public_file);
        assert_true(bytes_equal(private_key_public_blob(key), buf_bytes(&blob)));
        private_key_free(key);
    }
}

static void the_comment_is_that_of_the_file(void **state)
{
    (void)state;
    struct private_key *key = load(&(struct key_case){ .file = "sshkey/ed25519_1" });
    assert_true(bytes_is(private_key_comment(key), "ED25519 test key #1"));
    private_key_free(key);
    key = load(&(struct key_case){ .file = "generated/pem_ecdsa_sec1" });
    assert_int_equal(private_key_comment(key).len, 0);
    private_key_free(key);
}

static void encrypted_files_need_the_right_passphrase(void **state)
{
    (void)state;
    const struct bytes empty = BYTES_NONE;
    for (size_t i = ENCRYPTED_FROM; i < KEY_CASE_COUNT; i++) {
        scoped(buf) file = key_vectors_read(key_cases[i].file);
        assert_int_equal(refusal(buf_bytes(&file), NULL), ERR_NEEDS_PASSPHRASE);
        assert_int_equal(refusal(buf_bytes(&file), &wrong), ERR_WRONG_PASSPHRASE);
        assert_int_equal(refusal(buf_bytes(&file), &empty), ERR_WRONG_PASSPHRASE);
    }
}

static void a_needless_passphrase_does_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENCRYPTED_FROM; i++) {
        scoped(buf) file = key_vectors_read(key_cases[i].file);
        assert_int_equal(refusal(buf_bytes(&file), &wrong), OK);
    }
}

static void the_public_half_can_be_seen_without_the_passphrase(void **state)
{
    (void)state;
    scoped(buf) file = key_vectors_read("generated/enc_ed25519_aes256-ctr");
    scoped(buf) wanted = key_vectors_blob("generated/enc_ed25519_aes256-ctr.pub");
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    assert_int_equal(private_key_peek_public(buf_bytes(&file), &blob), OK);
    assert_true(bytes_equal(buf_bytes(&blob), buf_bytes(&wanted)));

    scoped(buf) pem = key_vectors_read("sshkey/rsa_1");
    assert_int_equal(private_key_peek_public(buf_bytes(&pem), &blob), ERR_UNSUPPORTED);
}

static void keys_of_other_types_are_unsupported(void **state)
{
    (void)state;
    static const char *const names[] = { "sshkey/ed25519_sk1", "sshkey/ecdsa_sk1",
                                         "sshkey/mldsa44_ed25519_1" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scoped(buf) file = key_vectors_read(names[i]);
        assert_int_equal(refusal(buf_bytes(&file), NULL), ERR_UNSUPPORTED);
        assert_true(diagnosis_has(buf_bytes(&file), i < 2 ? "in hardware" : "of this type"));
    }
}

/* The file with CR LF, blanks at the ends of lines and without its last line end. */
static void rewrap(struct bytes file, struct buf *out)
{
    while (file.len) {
        assert_int_equal(buf_append(out, bytes_cut(&file, '\n')), OK);
        if (file.len)
            assert_int_equal(buf_append_text(out, " \r\n"), OK);
    }
}

static void line_ends_do_not_matter(void **state)
{
    (void)state;
    static const char *const names[] = { "sshkey/ed25519_1", "sshkey/ecdsa_1", "sshkey/rsa_1",
                                         "generated/pem_rsa_pkcs8" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scoped(buf) file = key_vectors_read(names[i]);
        scoped(buf) other = BUF_EMPTY(LIMIT_KEY_FILE);
        rewrap(buf_bytes(&file), &other);
        assert_int_equal(refusal(buf_bytes(&other), NULL), OK);
    }
}

/* ---- damage ---- */

static void every_prefix_of_a_file_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "sshkey/ed25519_1", "sshkey/ecdsa_1" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scoped(buf) file = key_vectors_read(names[i]);
        scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
        size_t whole = buf_len(&file) - 1; /* the last line end may be missing */
        assert_int_equal(refusal(bytes_slice(buf_bytes(&file), 0, whole), NULL), OK);
        for (size_t len = 0; len + 1 < whole; len++) {
            struct bytes prefix = bytes_slice(buf_bytes(&file), 0, len);
            assert_int_equal(refusal(prefix, NULL), ERR_BAD_VALUE);
            assert_int_not_equal(private_key_peek_public(prefix, &blob), OK);
        }
    }
}

static void every_prefix_of_the_fields_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "sshkey/ed25519_1", "sshkey/ed25519_1_pw",
                                         "generated/enc_ed25519_aes256-gcm" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scoped(buf) file = key_vectors_read(names[i]);
        scoped(buf) octets = BUF_EMPTY(LIMIT_KEY_FILE);
        struct key_file decoded;
        assert_int_equal(key_file_unwrap(buf_bytes(&file), &octets), OK);
        assert_int_equal(key_file_decode(buf_bytes(&octets), &decoded), OK);
        for (size_t len = 0; len < buf_len(&octets); len++)
            assert_int_not_equal(key_file_decode(bytes_slice(buf_bytes(&octets), 0, len), &decoded),
                                 OK);
        assert_int_equal(buf_append(&octets, B("x")), OK);
        assert_int_not_equal(key_file_decode(buf_bytes(&octets), &decoded), OK);
    }
}

/* The private section of a file in the clear, and its public blob. */
static void open_section(const char *name, struct buf *blob, struct buf *section)
{
    scoped(buf) file = key_vectors_read(name);
    scoped(buf) octets = BUF_EMPTY(LIMIT_KEY_FILE);
    struct key_file decoded;
    assert_int_equal(key_file_unwrap(buf_bytes(&file), &octets), OK);
    assert_int_equal(key_file_decode(buf_bytes(&octets), &decoded), OK);
    assert_int_equal(key_file_decrypt(&decoded, NULL, section), OK);
    assert_int_equal(buf_append(blob, decoded.public_blob), OK);
}

static enum err parse_section(const struct buf *blob, struct bytes section)
{
    scoped(buf) file = BUF_EMPTY(LIMIT_KEY_FILE);
    assert_int_equal(key_file_format(buf_bytes(blob), section, &file), OK);
    return refusal(buf_bytes(&file), NULL);
}

static void every_prefix_of_the_private_section_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "sshkey/ed25519_1", "sshkey/ecdsa_n", "sshkey/rsa_n" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
        scoped(buf) section = BUF_EMPTY(LIMIT_KEY_FILE);
        open_section(names[i], &blob, &section);
        assert_int_equal(parse_section(&blob, buf_bytes(&section)), OK);
        for (size_t len = 0; len < buf_len(&section); len++)
            assert_int_not_equal(parse_section(&blob, bytes_slice(buf_bytes(&section), 0, len)),
                                 OK);
    }
}

static void every_changed_octet_of_the_private_section_is_refused_or_in_the_comment(void **state)
{
    (void)state;
    static const char *const names[] = { "sshkey/ed25519_1", "sshkey/ecdsa_n" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
        scoped(buf) section = BUF_EMPTY(LIMIT_KEY_FILE);
        open_section(names[i], &blob, &section);
        struct private_key *key = load(&(struct key_case){ .file = names[i] });
        size_t accepted = 0;
        for (size_t at = 0; at < buf_len(&section); at++) {
            section.data[at] ^= 0x40;
            accepted += parse_section(&blob, buf_bytes(&section)) == OK;
            section.data[at] ^= 0x40;
        }
        assert_int_equal(accepted, private_key_comment(key).len);
        private_key_free(key);
    }
}

static void a_foreign_public_half_is_refused(void **state)
{
    (void)state;
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    scoped(buf) section = BUF_EMPTY(LIMIT_KEY_FILE);
    scoped(buf) other = key_vectors_blob("sshkey/ed25519_2.pub");
    open_section("sshkey/ed25519_1", &blob, &section);
    assert_int_equal(parse_section(&other, buf_bytes(&section)), ERR_BAD_VALUE);
}

/* The outer fields of a file, to be spoilt one by one. */
struct outer {
    const char *cipher, *kdf;
    uint32_t rounds, count;
    size_t section_len;
};

static enum err parse_outer(const struct outer *in, const struct bytes *passphrase)
{
    scoped(buf) octets = BUF_EMPTY(LIMIT_KEY_FILE);
    scoped(buf) blob = key_vectors_blob("sshkey/ed25519_1.pub");
    static const uint8_t section[256];
    struct writer w = writer_to(&octets);
    writer_octets(&w, bytes_of("openssh-key-v1", 15));
    writer_text(&w, in->cipher);
    writer_text(&w, in->kdf);
    size_t mark = writer_open_string(&w);
    if (in->rounds) {
        writer_text(&w, "salt and pepper!");
        writer_u32(&w, in->rounds);
    }
    writer_close_string(&w, mark);
    writer_u32(&w, in->count);
    writer_string(&w, buf_bytes(&blob));
    writer_string(&w, bytes_of(section, in->section_len));
    assert_int_equal(writer_end(&w), OK);

    struct key_file decoded;
    scoped(buf) clear = BUF_EMPTY(LIMIT_KEY_FILE);
    TRY(key_file_decode(buf_bytes(&octets), &decoded));
    return key_file_decrypt(&decoded, passphrase, &clear);
}

static void outer_fields_are_judged(void **state)
{
    (void)state;
    static const struct {
        struct outer outer;
        enum err err;
    } cases[] = {
        { { "aes256-ctr", "bcrypt", 1, 1, 160 }, OK },
        { { "none", "none", 0, 1, 160 }, OK },
        { { "none", "none", 0, 2, 160 }, ERR_BAD_VALUE },
        { { "none", "none", 0, 0, 160 }, ERR_BAD_VALUE },
        { { "none", "none", 0, 1, 161 }, ERR_BAD_VALUE },
        { { "none", "none", 1, 1, 160 }, ERR_BAD_VALUE },
        { { "none", "bcrypt", 1, 1, 160 }, ERR_BAD_VALUE },
        { { "aes256-ctr", "none", 0, 1, 160 }, ERR_BAD_VALUE },
        { { "aes256-ctr", "scrypt", 1, 1, 160 }, ERR_UNSUPPORTED },
        { { "rot13", "bcrypt", 1, 1, 160 }, ERR_UNSUPPORTED },
        { { "aes256-ctr", "bcrypt", 1, 1, 168 }, ERR_BAD_VALUE },
        { { "aes256-gcm@openssh.com", "bcrypt", 1, 1, 160 }, ERR_BAD_VALUE }, /* no tag */
        { { "aes256-ctr", "bcrypt", 1000000000, 1, 160 }, ERR_BAD_VALUE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(parse_outer(&cases[i].outer, &wrong), cases[i].err);
}

static void a_file_over_the_limit_is_refused(void **state)
{
    (void)state;
    static uint8_t octets[LIMIT_KEY_FILE + 1];
    memset(octets, '\n', sizeof(octets));
    assert_int_equal(refusal(bytes_of(octets, sizeof(octets)), NULL), ERR_TOO_LONG);
    assert_int_equal(refusal(bytes_of(octets, sizeof(octets) - 1), NULL), ERR_BAD_VALUE);
    assert_int_equal(refusal(BYTES_NONE, NULL), ERR_BAD_VALUE);
}

/* ---- diagnosis ---- */

static void a_file_that_is_no_key_is_recognised(void **state)
{
    (void)state;
    scoped(buf) public_half = key_vectors_read("sshkey/ed25519_1.pub");
    scoped(buf) foreign = key_vectors_read("regress/rsa_ssh2.prv");
    scoped(buf) good = key_vectors_read("sshkey/ed25519_1");
    struct bytes cut = bytes_slice(buf_bytes(&good), 0, 200);
    assert_true(diagnosis_has(buf_bytes(&public_half), ".pub"));
    assert_true(diagnosis_has(B("-----BEGIN PUBLIC KEY-----\nAAAA\n"), "public half"));
    assert_true(diagnosis_has(B("PuTTY-User-Key-File-3: ssh-ed25519\r\n"), "PuTTY"));
    assert_true(diagnosis_has(buf_bytes(&foreign), "ssh.com"));
    assert_true(diagnosis_has(cut, "END"));
    assert_true(diagnosis_has(B("-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bl\\n"), "\\n"));
    assert_true(diagnosis_has(B("-----BEGIN CERTIFICATE-----\nAAAA\n"), "certificate"));
    assert_true(diagnosis_has(
        B("-----BEGIN DSA PRIVATE KEY-----\nAA==\n-----END DSA PRIVATE KEY-----\n"), "DSA"));
    assert_true(diagnosis_has(B("hello\n"), "not a private key"));
    assert_true(diagnosis_has(BYTES_NONE, "empty"));
    scoped(buf) behind = BUF_EMPTY(2 * LIMIT_KEY_FILE);
    assert_int_equal(buf_append_text(&behind, "a title\n"), OK);
    assert_int_equal(buf_append(&behind, buf_bytes(&good)), OK);
    assert_int_equal(refusal(buf_bytes(&behind), NULL), ERR_BAD_VALUE);
    assert_true(diagnosis_has(buf_bytes(&behind), "before the line"));
    assert_null(private_key_diagnose(buf_bytes(&good)));
}

/* ---- making, writing and signing ---- */

static enum err verify(const struct private_key *key, struct bytes algorithm, struct bytes message,
                       struct bytes signature)
{
    struct public_key *half = NULL;
    assert_int_equal(public_key_decode(private_key_public_blob(key), &half), OK);
    enum err err = public_key_verify(half, algorithm, message, signature);
    public_key_free(half);
    return err;
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    static const enum pkey_kind kinds[] = { PKEY_ED25519, PKEY_P256, PKEY_P384, PKEY_P521 };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct private_key *key = NULL, *again = NULL;
        scoped(buf) file = BUF_EMPTY(LIMIT_KEY_FILE);
        assert_int_equal(private_key_generate(kinds[i], 0, &key), OK);
        assert_int_equal(private_key_format(key, "a comment", &file), OK);
        assert_int_equal(parse(buf_bytes(&file), NULL, &again), OK);
        assert_true(bytes_equal(private_key_public_blob(key), private_key_public_blob(again)));
        assert_true(bytes_is(private_key_comment(again), "a comment"));

        scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
        struct bytes algorithm = public_key_blob_type(private_key_public_blob(key));
        assert_int_equal(private_key_sign(again, algorithm, B("message"), &signature), OK);
        assert_int_equal(verify(key, algorithm, B("message"), buf_bytes(&signature)), OK);
        private_key_free(key);
        private_key_free(again);
    }
}

static void rsa_keys_are_not_written(void **state)
{
    (void)state;
    struct private_key *key = load(&(struct key_case){ .file = "sshkey/rsa_2" });
    scoped(buf) file = BUF_EMPTY(LIMIT_KEY_FILE);
    assert_int_equal(private_key_format(key, "", &file), ERR_UNSUPPORTED);
    assert_int_equal(buf_len(&file), 0);
    private_key_free(key);
}

static void keys_sign_with_each_algorithm_of_their_type(void **state)
{
    (void)state;
    static const char *const names[] = { "sshkey/ed25519_1", "sshkey/ecdsa_1", "sshkey/rsa_2" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct private_key *key = load(&(struct key_case){ .file = names[i] });
        struct bytes type = public_key_blob_type(private_key_public_blob(key));
        for (size_t k = 0; k < key_type_all.count; k++) {
            const struct key_algorithm *row = &key_type_all.rows[k];
            struct bytes name = bytes_text(row->name);
            scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
            bool fits = bytes_is(type, row->key_type);
            assert_int_equal(private_key_sign(key, name, B("m"), &signature),
                             fits ? OK : ERR_UNSUPPORTED);
            assert_int_equal(private_key_judge(key), OK);
            if (fits)
                assert_int_equal(verify(key, name, B("m"), buf_bytes(&signature)), OK);
        }
        private_key_free(key);
    }
}

static void a_signature_of_1024_bits_does_not_count(void **state)
{
    (void)state;
    struct private_key *key = load(&(struct key_case){ .file = "sshkey/rsa_1" });
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    const struct bytes algorithm = B("rsa-sha2-256");
    assert_int_equal(private_key_judge(key), ERR_SHORT_KEY);
    assert_int_equal(private_key_sign(key, algorithm, B("m"), &signature), OK);
    assert_int_equal(verify(key, algorithm, B("m"), buf_bytes(&signature)), ERR_BAD_SIGNATURE);
    private_key_free(key);
}

/* Looks for a message whose signature begins with a zero octet. */
static struct bytes rare_signature(const struct private_key *key, struct bytes algorithm,
                                   uint32_t *message, struct buf *signature)
{
    for (;; ++*message) {
        buf_clear(signature);
        assert_int_equal(
            private_key_sign(key, algorithm, bytes_of(message, sizeof(*message)), signature), OK);
        struct reader r = reader_over(buf_bytes(signature), NULL);
        (void)reader_string(&r, "algorithm");
        struct bytes value = reader_string(&r, "value");
        if (value.data[0] == 0)
            return value;
    }
}

static void an_rsa_signature_may_lack_its_leading_zeros(void **state)
{
    (void)state;
    struct private_key *key = load(&(struct key_case){ .file = "sshkey/rsa_2" });
    const struct bytes algorithm = B("rsa-sha2-256");
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    scoped(buf) shorter = BUF_EMPTY(LIMIT_SIGNATURE);
    uint32_t number = 0;
    struct bytes value = rare_signature(key, algorithm, &number, &signature);
    struct writer w = writer_to(&shorter);
    writer_string(&w, algorithm);
    writer_string(&w, bytes_skip(value, 1));
    assert_int_equal(writer_end(&w), OK);

    struct bytes message = bytes_of(&number, sizeof(number));
    assert_int_equal(verify(key, algorithm, message, buf_bytes(&signature)), OK);
    assert_int_equal(verify(key, algorithm, message, buf_bytes(&shorter)), OK);
    private_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_file_gives_the_key_of_its_public_half),
        cmocka_unit_test(the_comment_is_that_of_the_file),
        cmocka_unit_test(encrypted_files_need_the_right_passphrase),
        cmocka_unit_test(a_needless_passphrase_does_not_matter),
        cmocka_unit_test(the_public_half_can_be_seen_without_the_passphrase),
        cmocka_unit_test(keys_of_other_types_are_unsupported),
        cmocka_unit_test(line_ends_do_not_matter),
        cmocka_unit_test(every_prefix_of_a_file_is_refused),
        cmocka_unit_test(every_prefix_of_the_fields_is_refused),
        cmocka_unit_test(every_prefix_of_the_private_section_is_refused),
        cmocka_unit_test(every_changed_octet_of_the_private_section_is_refused_or_in_the_comment),
        cmocka_unit_test(a_foreign_public_half_is_refused),
        cmocka_unit_test(outer_fields_are_judged),
        cmocka_unit_test(a_file_over_the_limit_is_refused),
        cmocka_unit_test(a_file_that_is_no_key_is_recognised),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(rsa_keys_are_not_written),
        cmocka_unit_test(keys_sign_with_each_algorithm_of_their_type),
        cmocka_unit_test(a_signature_of_1024_bits_does_not_count),
        cmocka_unit_test(an_rsa_signature_may_lack_its_leading_zeros),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
