/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/digest.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "unit/vectors.h"

/* Of "abc": RFC 1321, FIPS 180-4. */
static const struct {
    enum digest_algorithm algorithm;
    const char *sum;
} sums[] = {
    { DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72" },
    { DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
    { DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { DIGEST_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                     "8086072ba1e7cc2358baeca134c825a7" },
    { DIGEST_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

static void the_published_digests_come_out_however_the_message_is_cut(void **state)
{
    (void)state;
    static const struct bytes parts[] = { BYTES_LITERAL("a"), BYTES_NONE, BYTES_LITERAL("bc") };
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        scoped(buf) expected = vectors_from_hex(sums[i].sum);
        uint8_t whole[DIGEST_LEN_MAX], cut[DIGEST_LEN_MAX];
        digest_once(sums[i].algorithm, BYTES_LITERAL("abc"), whole);
        digest_parts(sums[i].algorithm, parts, 3, cut);
        assert_int_equal(digest_len(sums[i].algorithm), buf_len(&expected));
        assert_memory_equal(whole, expected.data, buf_len(&expected));
        assert_memory_equal(cut, expected.data, buf_len(&expected));
    }
}

static void nothing_has_a_digest_too(void **state)
{
    (void)state;
    uint8_t none[DIGEST_LEN_MAX], empty[DIGEST_LEN_MAX];
    digest_parts(DIGEST_SHA256, NULL, 0, none);
    digest_once(DIGEST_SHA256, BYTES_NONE, empty);
    assert_memory_equal(none, empty, 32);
    assert_int_equal(none[0], 0xe3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_digests_come_out_however_the_message_is_cut),
        cmocka_unit_test(nothing_has_a_digest_too),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
