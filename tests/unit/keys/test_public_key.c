/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/public_key.h"

#include "base/base64.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "key_vectors.h"

static const char *const good_keys[] = {
    "sshkey/ed25519_1.pub",         "sshkey/ecdsa_1.pub",           "sshkey/rsa_2.pub",
    "regress/ecdsa384_openssh.pub", "regress/ecdsa521_openssh.pub",
};

enum { GOOD_KEY_COUNT = sizeof(good_keys) / sizeof(good_keys[0]) };

static enum err decode(struct bytes blob)
{
    /* A copy that ends where its memory ends, so that the sanitizer sees reads behind it. */
    uint8_t *copy = malloc(blob.len ? blob.len : 1);
    assert_non_null(copy);
    if (blob.len)
        memcpy(copy, blob.data, blob.len);
    struct public_key *key = NULL;
    enum err err = public_key_decode(bytes_of(copy, blob.len), &key);
    free(copy);
    public_key_free(key);
    return err;
}

/* ---- blobs ---- */

static void a_blob_is_kept_as_it_came(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_KEY_COUNT; i++) {
        scoped(buf) blob = key_vectors_blob(good_keys[i]);
        struct public_key *key = NULL;
        assert_int_equal(public_key_decode(buf_bytes(&blob), &key), OK);
        assert_true(bytes_equal(public_key_blob(key), buf_bytes(&blob)));
        assert_true(bytes_is(public_key_blob_type(buf_bytes(&blob)), public_key_type(key)));
        public_key_free(key);
    }
}

static void every_prefix_of_a_blob_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_KEY_COUNT; i++) {
        scoped(buf) blob = key_vectors_blob(good_keys[i]);
        for (size_t len = 0; len < buf_len(&blob); len++)
            assert_int_equal(decode(bytes_slice(buf_bytes(&blob), 0, len)), ERR_TRUNCATED);
        assert_int_equal(buf_append(&blob, B("x")), OK);
        assert_int_equal(decode(buf_bytes(&blob)), ERR_TRAILING);
    }
}

static void keys_of_other_types_are_unsupported(void **state)
{
    (void)state;
    static const char *const names[] = { "sshkey/ed25519_sk1.pub", "sshkey/ecdsa_sk1.pub",
                                         "sshkey/mldsa44_ed25519_1.pub" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scoped(buf) blob = key_vectors_blob(names[i]);
        assert_int_equal(decode(buf_bytes(&blob)), ERR_UNSUPPORTED);
    }
}

static void a_blob_over_the_limit_is_refused(void **state)
{
    (void)state;
    scoped(buf) blob = key_vectors_blob("sshkey/ed25519_1.pub");
    scoped(buf) large = BUF_EMPTY(2 * LIMIT_KEY_BLOB);
    while (buf_len(&large) <= LIMIT_KEY_BLOB)
        assert_int_equal(buf_append(&large, buf_bytes(&blob)), OK);
    assert_int_equal(decode(buf_bytes(&large)), ERR_TOO_LONG);
}

struct ecdsa_fields {
    const char *type, *curve;
    struct bytes point;
};

static enum err decode_ecdsa(const struct ecdsa_fields *in)
{
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    struct writer w = writer_to(&blob);
    writer_text(&w, in->type);
    writer_text(&w, in->curve);
    writer_string(&w, in->point);
    assert_int_equal(writer_end(&w), OK);
    return decode(buf_bytes(&blob));
}

static void a_point_must_be_on_the_curve_that_is_named_twice(void **state)
{
    (void)state;
    scoped(buf) blob = key_vectors_blob("sshkey/ecdsa_1.pub");
    struct reader r = reader_over(buf_bytes(&blob), NULL);
    (void)reader_string(&r, "type");
    (void)reader_string(&r, "curve");
    struct bytes point = reader_string(&r, "point");
    assert_int_equal(reader_end(&r), OK);

    struct ecdsa_fields good = { "ecdsa-sha2-nistp256", "nistp256", point }, bad = good;
    assert_int_equal(decode_ecdsa(&good), OK);
    bad.curve = "nistp384";
    assert_int_equal(decode_ecdsa(&bad), ERR_BAD_VALUE);
    bad = good;
    bad.type = "ecdsa-sha2-nistp384";
    assert_int_equal(decode_ecdsa(&bad), ERR_BAD_VALUE);

    uint8_t copy[65];
    memcpy(copy, point.data, sizeof(copy));
    bad = good;
    bad.point = bytes_of(copy, sizeof(copy));
    copy[64] ^= 1;
    assert_int_equal(decode_ecdsa(&bad), ERR_BAD_VALUE);
    bad.point.len = 33; /* the compressed form */
    copy[0] = 2;
    assert_int_equal(decode_ecdsa(&bad), ERR_BAD_VALUE);
    bad.point = B("\0"); /* the point at infinity */
    assert_int_equal(decode_ecdsa(&bad), ERR_BAD_VALUE);
}

static enum err decode_rsa(struct bytes e, struct bytes n)
{
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    struct writer w = writer_to(&blob);
    writer_text(&w, "ssh-rsa");
    writer_string(&w, e);
    writer_string(&w, n);
    assert_int_equal(writer_end(&w), OK);
    return decode(buf_bytes(&blob));
}

static void rsa_numbers_must_make_sense(void **state)
{
    (void)state;
    uint8_t n[1 + 2048];
    memset(n, 0x7f, sizeof(n));
    const struct bytes e = B("\1\0\1"), good = bytes_of(n, 256);
    assert_int_equal(decode_rsa(e, good), OK);
    assert_int_equal(decode_rsa(B("\3"), good), OK);
    assert_int_equal(decode_rsa(B("\1"), good), ERR_BAD_VALUE);
    assert_int_equal(decode_rsa(B("\4"), good), ERR_BAD_VALUE);
    assert_int_equal(decode_rsa(BYTES_NONE, good), ERR_BAD_VALUE);
    assert_int_equal(decode_rsa(good, good), ERR_BAD_VALUE);
    assert_int_equal(decode_rsa(e, bytes_of(n, 127)), ERR_BAD_VALUE);
    assert_int_equal(decode_rsa(e, bytes_of(n, sizeof(n))), ERR_BAD_VALUE);
    assert_int_equal(decode_rsa(B("\0\3"), good), ERR_TRUNCATED); /* a needless zero */
    n[0] = 0xff;
    assert_int_equal(decode_rsa(e, good), ERR_TRUNCATED); /* negative */
    n[0] = 0x7f;
    n[255] = 0x80;
    assert_int_equal(decode_rsa(e, good), ERR_BAD_VALUE); /* even */
}

/* ---- text ---- */

static void a_line_gives_type_blob_and_comment(void **state)
{
    (void)state;
    const struct bytes lines[] = {
        B("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBVeMfbkz7zFdQZmR0i5Z7MAE5fv26kMoR8qOLjTxke+ a b"),
        B("\tssh-ed25519\t "
          "AAAAC3NzaC1lZDI1NTE5AAAAIBVeMfbkz7zFdQZmR0i5Z7MAE5fv26kMoR8qOLjTxke+  a b \r\n"),
    };
    for (size_t i = 0; i < 2; i++) {
        scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
        struct bytes type, comment;
        assert_int_equal(buf_append_text(&blob, "before"), OK);
        assert_int_equal(public_key_parse_line(lines[i], &type, &blob, &comment), OK);
        assert_true(bytes_is(type, "ssh-ed25519"));
        assert_true(bytes_is(comment, "a b"));
        assert_true(bytes_starts(buf_bytes(&blob), "before"));
        assert_int_equal(decode(bytes_skip(buf_bytes(&blob), 6)), OK);
    }
}

static void a_line_whose_words_disagree_is_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "ssh-ed25519",
        "ssh-ed25519 ",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIBVeMfbkz7zFdQZmR0i5Z7MAE5fv26kMoR8qOLjTxke+",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBVeMfbkz7zFdQZmR0i5Z7MAE5fv26kMoR8qOLjTxke",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBVe*fbkz7zFdQZmR0i5Z7MAE5fv26kMoR8qOLjTxke+",
        "ssh-ed25519 AAAATgAAAAdz",
        "1024 35 1234567890",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
        struct bytes type, comment;
        assert_int_equal(public_key_parse_line(bytes_text(lines[i]), &type, &blob, &comment),
                         ERR_BAD_VALUE);
        assert_int_equal(buf_len(&blob), 0);
    }
}

static void names_for_people(void **state)
{
    (void)state;
    assert_string_equal(public_key_short_name(B("ssh-ed25519")), "ED25519");
    assert_string_equal(public_key_short_name(B("ecdsa-sha2-nistp521")), "ECDSA");
    assert_string_equal(public_key_short_name(B("ssh-rsa")), "RSA");
    assert_string_equal(public_key_short_name(B("ssh-dss")), "UNKNOWN");
}

/* Compares with one record of fingerprints.txt: "file bits SHA256:… MD5:…", then the picture. */
static void check_record(struct bytes *file)
{
    enum { PICTURE_LINES = 11 };
    struct bytes head = bytes_cut(file, '\n'), picture = *file;
    for (size_t i = 0; i < PICTURE_LINES; i++)
        (void)bytes_cut(file, '\n');
    picture.len -= file->len;

    char name[128];
    uint64_t bits;
    assert_true(bytes_to_text(bytes_cut(&head, ' '), name, sizeof(name)));
    assert_true(bytes_to_number(bytes_cut(&head, ' '), 16384, &bits));
    scoped(buf) blob = key_vectors_blob(name);
    scoped(buf) sha256 = BUF_EMPTY(128);
    scoped(buf) md5 = BUF_EMPTY(128);
    scoped(buf) art = BUF_EMPTY(512);
    assert_int_equal(public_key_fingerprint(buf_bytes(&blob), DIGEST_SHA256, &sha256), OK);
    assert_true(bytes_equal(buf_bytes(&sha256), bytes_cut(&head, ' ')));
    assert_int_equal(public_key_fingerprint(buf_bytes(&blob), DIGEST_MD5, &md5), OK);
    assert_true(bytes_equal(buf_bytes(&md5), head));
    assert_int_equal(public_key_randomart(buf_bytes(&blob), &art), OK);
    assert_true(bytes_equal(buf_bytes(&art), picture));

    struct public_key *key = NULL;
    assert_int_equal(public_key_decode(buf_bytes(&blob), &key), OK);
    assert_int_equal(public_key_bits(key), bits);
    public_key_free(key);
}

static void fingerprints_and_pictures_are_those_of_ssh_keygen(void **state)
{
    (void)state;
    scoped(buf) file = key_vectors_read("fingerprints.txt");
    size_t count = 0;
    for (struct bytes rest = buf_bytes(&file); rest.len; count++)
        check_record(&rest);
    assert_int_equal(count, 34);
}

/* ---- signatures ---- */

/* A signature that ssh-keygen -Y sign made: the key's and the signature's blob. */
struct recorded {
    struct buf octets, message;
    struct bytes blob, signature;
};

static void read_armour(const char *name, struct buf *octets)
{
    scoped(buf) text = key_vectors_read(name);
    scoped(buf) letters = BUF_EMPTY(KEY_VECTORS_MAX);
    struct bytes rest = buf_bytes(&text);
    while (rest.len) {
        struct bytes line = bytes_cut(&rest, '\n');
        if (!bytes_starts(line, "-----"))
            assert_int_equal(buf_append(&letters, line), OK);
    }
    assert_int_equal(base64_decode(buf_bytes(&letters), octets), OK);
}

static struct recorded recorded_open(const char *name)
{
    struct recorded out = { BUF_EMPTY(KEY_VECTORS_MAX), BUF_EMPTY(1024), BYTES_NONE, BYTES_NONE };
    read_armour(name, &out.octets);
    struct reader r = reader_over(buf_bytes(&out.octets), NULL);
    (void)reader_octets(&r, "magic and version", 10);
    out.blob = reader_string(&r, "public key");
    struct bytes space = reader_string(&r, "namespace");
    struct bytes reserved = reader_string(&r, "reserved");
    struct bytes hash = reader_string(&r, "hash");
    out.signature = reader_string(&r, "signature");
    assert_int_equal(reader_end(&r), OK);

    scoped(buf) content = key_vectors_read("generated/msg");
    uint8_t sum[DIGEST_LEN_MAX];
    digest_once(DIGEST_SHA512, buf_bytes(&content), sum);
    struct writer w = writer_to(&out.message);
    writer_octets(&w, B("SSHSIG"));
    writer_string(&w, space);
    writer_string(&w, reserved);
    writer_string(&w, hash);
    writer_string(&w, bytes_of(sum, digest_len(DIGEST_SHA512)));
    assert_int_equal(writer_end(&w), OK);
    return out;
}

static void recorded_wipe(struct recorded *r)
{
    buf_wipe(&r->octets);
    buf_wipe(&r->message);
}

static enum err verify(struct bytes blob, struct bytes algorithm, struct bytes message,
                       struct bytes signature)
{
    struct public_key *key = NULL;
    assert_int_equal(public_key_decode(blob, &key), OK);
    enum err err = public_key_verify(key, algorithm, message, signature);
    public_key_free(key);
    return err;
}

static const struct signature_file {
    const char *name;
    struct bytes algorithm, other;
} signature_files[] = {
    { "generated/msg.plain_ed25519_nocomment.sig", B("ssh-ed25519"), B("ecdsa-sha2-nistp256") },
    { "generated/msg.plain_p521.sig", B("ecdsa-sha2-nistp521"), B("ecdsa-sha2-nistp384") },
    { "generated/msg.plain_rsa3072.sig", B("rsa-sha2-512"), B("rsa-sha2-256") },
};

static void signatures_of_openssh_verify(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct signature_file *file = &signature_files[i];
        struct recorded r = recorded_open(file->name);
        struct bytes message = buf_bytes(&r.message);
        assert_int_equal(verify(r.blob, file->algorithm, message, r.signature), OK);
        message.len--;
        assert_int_equal(verify(r.blob, file->algorithm, message, r.signature), ERR_BAD_SIGNATURE);
        recorded_wipe(&r);
    }
}

static void a_signature_must_name_the_algorithm_and_fit_the_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct signature_file *file = &signature_files[i];
        struct recorded r = recorded_open(file->name);
        struct bytes message = buf_bytes(&r.message);
        assert_int_equal(verify(r.blob, file->other, message, r.signature), ERR_BAD_SIGNATURE);
        assert_int_equal(verify(r.blob, B("ssh-dss"), message, r.signature), ERR_BAD_SIGNATURE);
        recorded_wipe(&r);
    }
}

static void every_prefix_and_every_changed_octet_of_a_signature_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct bytes algorithm = signature_files[i].algorithm;
        struct recorded r = recorded_open(signature_files[i].name);
        struct public_key *key = NULL;
        assert_int_equal(public_key_decode(r.blob, &key), OK);
        scoped(buf) copy = BUF_EMPTY(LIMIT_SIGNATURE);
        assert_int_equal(buf_append(&copy, r.signature), OK);
        for (size_t at = 0; at < r.signature.len; at++) {
            struct bytes cut = bytes_slice(r.signature, 0, at);
            assert_int_equal(public_key_verify(key, algorithm, buf_bytes(&r.message), cut),
                             ERR_TRUNCATED);
            copy.data[at] ^= 1;
            assert_int_not_equal(
                public_key_verify(key, algorithm, buf_bytes(&r.message), buf_bytes(&copy)), OK);
            copy.data[at] ^= 1;
        }
        public_key_free(key);
        recorded_wipe(&r);
    }
}

/* A signature blob around a raw value. */
static struct buf signature_of(const char *algorithm, struct bytes value)
{
    struct buf out = BUF_EMPTY(LIMIT_SIGNATURE);
    struct writer w = writer_to(&out);
    writer_text(&w, algorithm);
    writer_string(&w, value);
    assert_int_equal(writer_end(&w), OK);
    return out;
}

static void a_short_signature_is_padded_for_the_largest_key_too(void **state)
{
    (void)state;
    uint8_t n[2048];
    memset(n, 0x7f, sizeof(n));
    n[0] = 0xff;
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    struct writer w = writer_to(&blob);
    writer_text(&w, "ssh-rsa");
    writer_mpint(&w, B("\3"));
    writer_mpint(&w, bytes_of(n, sizeof(n)));
    assert_int_equal(writer_end(&w), OK);
    for (size_t len = 0; len <= sizeof(n) + 1; len += 683) {
        uint8_t value[sizeof(n) + 2] = { 1 };
        scoped(buf) signature = signature_of("rsa-sha2-512", bytes_of(value, len));
        assert_int_equal(verify(buf_bytes(&blob), B("rsa-sha2-512"), B("m"), buf_bytes(&signature)),
                         ERR_BAD_SIGNATURE);
    }
}

static void numbers_of_an_ecdsa_signature_must_fit_the_curve(void **state)
{
    (void)state;
    scoped(buf) blob = key_vectors_blob("sshkey/ecdsa_1.pub");
    static const struct bytes values[] = {
        B(""),
        B("\0\0\0\0\0\0\0\0"),                                      /* zeros */
        B("\0\0\0\1\1\0\0\0\41\1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), /* 33 octets */
        B("\0\0\0\1\1\0\0\0\1\377"),                                /* negative */
        B("\0\0\0\1\1\0\0\0\2\0\1"),                                /* a needless zero */
        B("\0\0\0\1\1\0\0\0\1\1x"),                                 /* more behind it */
    };
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        scoped(buf) signature = signature_of("ecdsa-sha2-nistp256", values[i]);
        assert_int_not_equal(
            verify(buf_bytes(&blob), B("ecdsa-sha2-nistp256"), B("m"), buf_bytes(&signature)), OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blob_is_kept_as_it_came),
        cmocka_unit_test(every_prefix_of_a_blob_is_refused),
        cmocka_unit_test(keys_of_other_types_are_unsupported),
        cmocka_unit_test(a_blob_over_the_limit_is_refused),
        cmocka_unit_test(a_point_must_be_on_the_curve_that_is_named_twice),
        cmocka_unit_test(rsa_numbers_must_make_sense),
        cmocka_unit_test(a_line_gives_type_blob_and_comment),
        cmocka_unit_test(a_line_whose_words_disagree_is_refused),
        cmocka_unit_test(names_for_people),
        cmocka_unit_test(fingerprints_and_pictures_are_those_of_ssh_keygen),
        cmocka_unit_test(signatures_of_openssh_verify),
        cmocka_unit_test(a_signature_must_name_the_algorithm_and_fit_the_key),
        cmocka_unit_test(every_prefix_and_every_changed_octet_of_a_signature_is_refused),
        cmocka_unit_test(a_short_signature_is_padded_for_the_largest_key_too),
        cmocka_unit_test(numbers_of_an_ecdsa_signature_must_fit_the_curve),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
