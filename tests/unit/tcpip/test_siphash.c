/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/siphash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The key 00 01 … 0f. */
static struct siphash_key key_of_the_paper(void)
{
    uint8_t octets[SIPHASH_KEY_LEN];
    for (uint8_t i = 0; i < SIPHASH_KEY_LEN; i++)
        octets[i] = i;
    return siphash_key(octets);
}

/* The reference's vectors: input 00 01 …, by its length. Appendix A of the paper is that of 15. */
static void the_published_vectors_come_out(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        uint64_t hash;
    } vectors[] = {
        { 0, 0x726fdb47dd0e0e31u },  { 1, 0x74f839c593dc67fdu },  { 2, 0x0d6c8009d9a94f5au },
        { 3, 0x85676696d7fb7e2du },  { 7, 0xab0200f58b01d137u },  { 8, 0x93f5f5799a932462u },
        { 15, 0xa129ca6149be45e5u }, { 16, 0x3f2acc7f57c29bdbu }, { 63, 0x958a324ceb064572u },
    };
    struct siphash_key key = key_of_the_paper();
    uint8_t input[64];
    for (uint8_t i = 0; i < sizeof(input); i++)
        input[i] = i;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        assert_true(siphash(&key, bytes_of(input, vectors[i].len)) == vectors[i].hash);
    assert_true(siphash(&key, BYTES_NONE) == vectors[0].hash);
}

static void words_are_octets_in_little_endian_order(void **state)
{
    (void)state;
    struct siphash_key key = key_of_the_paper();
    const uint64_t words[] = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };
    assert_true(siphash_words(&key, words, 1) == 0x93f5f5799a932462u);
    assert_true(siphash_words(&key, words, 2) == 0x3f2acc7f57c29bdbu);
    assert_true(siphash_words(&key, words, 0) == siphash(&key, BYTES_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_come_out),
        cmocka_unit_test(words_are_octets_in_little_endian_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
