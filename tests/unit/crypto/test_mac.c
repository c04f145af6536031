/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/mac.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/vectors.h"

static bool is_as_expected(enum digest_algorithm algorithm, const json_t *test)
{
    scoped(buf) key = vectors_hex(test, "key"), message = vectors_hex(test, "msg");
    scoped(buf) tag = vectors_hex(test, "tag");
    uint8_t code[DIGEST_LEN_MAX];
    struct bytes all = buf_bytes(&message);
    const struct bytes parts[] = { bytes_slice(all, 0, 4), bytes_skip(all, 4) };

    struct mac *mac = mac_new(algorithm, buf_bytes(&key));
    mac_sum(mac, parts, 1, code);
    mac_sum(mac, parts, 2, code); /* what was summed before does not matter */
    mac_free(mac);
    return bytes_equal(bytes_of(code, digest_len(algorithm)), buf_bytes(&tag)) ==
           vectors_is_valid(test);
}

static void the_published_codes_come_out(void **state)
{
    (void)state;
    static const struct {
        enum digest_algorithm algorithm;
        const char *file;
    } files[] = { { DIGEST_SHA1, "mac/hmac_sha1.json" },
                  { DIGEST_SHA256, "mac/hmac_sha256.json" },
                  { DIGEST_SHA512, "mac/hmac_sha512.json" } };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        json_t *tests = vectors_load(files[i].file);
        json_t *test;
        size_t j;
        json_array_foreach(tests, j, test)
            vectors_expect(is_as_expected(files[i].algorithm, test), test);
        json_decref(tests);
    }
}

static void a_long_key_counts_as_its_digest(void **state)
{
    (void)state;
    uint8_t key[200], sum[DIGEST_LEN_MAX], of_key[DIGEST_LEN_MAX], of_sum[DIGEST_LEN_MAX];
    const struct bytes message = BYTES_LITERAL("message");
    memset(key, 'k', sizeof(key));
    digest_once(DIGEST_SHA512, bytes_of(key, sizeof(key)), sum);

    struct mac *by_key = mac_new(DIGEST_SHA512, bytes_of(key, sizeof(key)));
    struct mac *by_sum = mac_new(DIGEST_SHA512, bytes_of(sum, 64));
    mac_sum(by_key, &message, 1, of_key);
    mac_sum(by_sum, &message, 1, of_sum);
    assert_memory_equal(of_key, of_sum, 64);
    mac_free(by_key);
    mac_free(by_sum);
    mac_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_codes_come_out),
        cmocka_unit_test(a_long_key_counts_as_its_digest),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
