/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/cipher.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/vectors.h"

/* NIST SP 800-38A, F.5. */
static const char counter[] = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
static const char plain[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                            "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
static const struct {
    const char *key;
    const char *encrypted;
} examples[] = {
    { "2b7e151628aed2a6abf7158809cf4f3c",
      "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
      "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee" },
    { "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
      "1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050" },
    { "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
      "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6" },
};

static void the_published_streams_come_out_however_they_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        scoped(buf) key = vectors_from_hex(examples[i].key);
        scoped(buf) first = vectors_from_hex(counter);
        scoped(buf) expected = vectors_from_hex(examples[i].encrypted);
        for (size_t chunk = 1; chunk <= 64; chunk++) {
            scoped(buf) data = vectors_from_hex(plain);
            struct span rest = { data.data, buf_len(&data) };
            struct cipher *cipher = cipher_new(buf_bytes(&key), buf_bytes(&first));
            for (; rest.len; rest = bytes_span_skip(rest, chunk))
                cipher_apply(cipher,
                             (struct span){ rest.data, rest.len < chunk ? rest.len : chunk });
            cipher_free(cipher);
            assert_true(bytes_equal(buf_bytes(&data), buf_bytes(&expected)));
        }
    }
}

static void applying_it_twice_gives_the_text_back(void **state)
{
    (void)state;
    static const uint8_t key[32] = { 5 };
    uint8_t block[16], data[1000], kept[1000];
    memset(block, 0xff, sizeof(block)); /* so that the counter overflows at once */
    memset(data, 'x', sizeof(data));
    memcpy(kept, data, sizeof(data));

    struct cipher *there = cipher_new(bytes_of(key, 32), bytes_of(block, 16));
    struct cipher *back = cipher_new(bytes_of(key, 32), bytes_of(block, 16));
    cipher_apply(there, (struct span){ data, sizeof(data) });
    assert_memory_not_equal(data, kept, sizeof(data));
    cipher_apply(back, (struct span){ data, 0 });
    cipher_apply(back, (struct span){ data, sizeof(data) });
    assert_memory_equal(data, kept, sizeof(data));
    cipher_free(there);
    cipher_free(back);
    cipher_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_streams_come_out_however_they_are_cut),
        cmocka_unit_test(applying_it_twice_gives_the_text_back),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
