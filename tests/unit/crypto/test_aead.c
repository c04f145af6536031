/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/aead.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/vectors.h"

static bool seals_as_expected(const json_t *test)
{
    scoped(buf) key = vectors_hex(test, "key"), nonce = vectors_hex(test, "iv");
    scoped(buf) associated = vectors_hex(test, "aad"), data = vectors_hex(test, "msg");
    scoped(buf) sealed = vectors_hex(test, "ct"), expected = vectors_hex(test, "tag");
    uint8_t tag[AEAD_TAG_LEN];

    struct aead *aead = aead_new(buf_bytes(&key), true);
    aead_seal(aead, buf_bytes(&nonce).data, buf_bytes(&associated),
              (struct span){ data.data, buf_len(&data) }, tag);
    aead_free(aead);
    return bytes_equal(buf_bytes(&data), buf_bytes(&sealed)) &&
           bytes_equal(bytes_of(tag, sizeof(tag)), buf_bytes(&expected));
}

static bool opens_as_expected(const json_t *test)
{
    scoped(buf) key = vectors_hex(test, "key"), nonce = vectors_hex(test, "iv");
    scoped(buf) associated = vectors_hex(test, "aad"), expected = vectors_hex(test, "msg");
    scoped(buf) data = vectors_hex(test, "ct"), tag = vectors_hex(test, "tag");

    struct aead *aead = aead_new(buf_bytes(&key), false);
    enum err err = aead_open(aead, buf_bytes(&nonce).data, buf_bytes(&associated),
                             (struct span){ data.data, buf_len(&data) }, buf_bytes(&tag).data);
    aead_free(aead);
    if (!vectors_is_valid(test))
        return err == ERR_BAD_MAC;
    return err == OK && bytes_equal(buf_bytes(&data), buf_bytes(&expected));
}

static void the_published_messages_are_sealed_and_opened(void **state)
{
    (void)state;
    json_t *tests = vectors_load("aead/aes_gcm.json");
    json_t *test;
    size_t i;
    json_array_foreach(tests, i, test)
    {
        vectors_expect(!vectors_is_valid(test) || seals_as_expected(test), test);
        vectors_expect(opens_as_expected(test), test);
    }
    json_decref(tests);
}

enum { LEN = 48 };

struct message {
    uint8_t nonce[AEAD_NONCE_LEN];
    uint8_t associated[4];
    uint8_t data[LEN];
    uint8_t tag[AEAD_TAG_LEN];
};

static enum err open_copy(struct aead *aead, struct message message)
{
    return aead_open(aead, message.nonce, bytes_of(message.associated, sizeof(message.associated)),
                     (struct span){ message.data, LEN }, message.tag);
}

static void every_flipped_bit_is_refused_and_the_object_goes_on(void **state)
{
    (void)state;
    static const uint8_t key[32] = { 1, 2, 3 };
    for (size_t key_len = 16; key_len <= 32; key_len += 16) {
        struct message message = { .nonce = "a nonce here", .data = "what is said" };
        struct aead *sealer = aead_new(bytes_of(key, key_len), true);
        struct aead *opener = aead_new(bytes_of(key, key_len), false);
        aead_seal(sealer, message.nonce, bytes_of(message.associated, 4),
                  (struct span){ message.data, LEN }, message.tag);

        for (size_t bit = 0; bit < 8 * sizeof(message); bit++) {
            struct message damaged;
            uint8_t octets[sizeof(message)];
            memcpy(octets, &message, sizeof(message));
            octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
            memcpy(&damaged, octets, sizeof(damaged));
            assert_int_equal(open_copy(opener, damaged), ERR_BAD_MAC);
        }
        assert_int_equal(open_copy(opener, message), OK);
        aead_free(sealer);
        aead_free(opener);
    }
}

static void nothing_to_encrypt_still_has_a_tag(void **state)
{
    (void)state;
    static const uint8_t key[16], nonce[AEAD_NONCE_LEN];
    uint8_t tag[AEAD_TAG_LEN];
    struct aead *sealer = aead_new(bytes_of(key, 16), true);
    struct aead *opener = aead_new(bytes_of(key, 16), false);
    aead_seal(sealer, nonce, BYTES_NONE, (struct span){ NULL, 0 }, tag);
    assert_int_equal(aead_open(opener, nonce, BYTES_NONE, (struct span){ NULL, 0 }, tag), OK);
    assert_int_equal(aead_open(opener, nonce, BYTES_LITERAL("more"), (struct span){ NULL, 0 }, tag),
                     ERR_BAD_MAC);
    aead_free(sealer);
    aead_free(opener);
    aead_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_messages_are_sealed_and_opened),
        cmocka_unit_test(every_flipped_bit_is_refused_and_the_object_goes_on),
        cmocka_unit_test(nothing_to_encrypt_still_has_a_tag),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
