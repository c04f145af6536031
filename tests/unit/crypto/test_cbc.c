/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/cbc.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/vectors.h"

/* NIST SP 800-38A, F.2; the last one made with openssl 3.0. */
static const struct {
    enum cbc_kind kind;
    const char *key, *iv, *encrypted, *plain;
} examples[] = {
    { CBC_AES, "2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f",
      "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" },
    { CBC_AES, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
      "000102030405060708090a0b0c0d0e0f",
      "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" },
    { CBC_AES, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "000102030405060708090a0b0c0d0e0f",
      "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" },
    { CBC_3DES, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "0001020304050607",
      "6c30bb5ebc73b12d40249365d89a274f", "6bc1bee22e409f96e93d7e117393172a" },
};

static void the_published_blocks_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        scoped(buf) key = vectors_from_hex(examples[i].key);
        scoped(buf) iv = vectors_from_hex(examples[i].iv);
        scoped(buf) data = vectors_from_hex(examples[i].encrypted);
        scoped(buf) plain = vectors_from_hex(examples[i].plain);
        cbc_decrypt(examples[i].kind, buf_bytes(&key), buf_bytes(&iv),
                    (struct span){ data.data, buf_len(&data) });
        assert_true(bytes_equal(buf_bytes(&data), buf_bytes(&plain)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_blocks_come_out),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
