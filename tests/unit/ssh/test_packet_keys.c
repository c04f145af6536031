/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/packet_keys.h"

#include "codec.h"
#include "crypto/crypto.h"

static const uint8_t octets[128] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static void set(struct packet_keys *k, const char *cipher_name, const char *mac_name)
{
    const struct algorithms_cipher *cipher = algorithms_find_cipher(bytes_text(cipher_name));
    const struct algorithms_mac *mac = algorithms_find_mac(bytes_text(mac_name));
    const struct packet_keys_material material = {
        .iv = bytes_of(octets, cipher->iv_len),
        .key = bytes_of(octets, cipher->key_len),
        .mac_key = bytes_of(octets, mac ? digest_len(mac->digest) : 0),
    };
    packet_keys_set(k, cipher, mac, &material, true);
}

static void each_protection_has_its_shape(void **state)
{
    (void)state;
    static const struct {
        const char *cipher, *mac;
        size_t block_len, tag_len;
        bool length_apart;
    } cases[] = {
        { "aes128-ctr", "hmac-sha2-256", 16, 32, false },
        { "aes256-ctr", "hmac-sha2-512", 16, 64, false },
        { "aes192-ctr", "hmac-sha2-256-etm@openssh.com", 16, 32, true },
        { "aes128-gcm@openssh.com", "", 16, 16, true },
        { "aes256-gcm@openssh.com", "hmac-sha2-512", 16, 16, true },
        { "chacha20-poly1305@openssh.com", "hmac-sha2-256", 8, 16, true },
    };
    struct packet_keys k = { 0 };
    assert_int_equal(packet_keys_block_len(&k), 8);
    assert_int_equal(packet_keys_tag_len(&k), 0);
    assert_false(packet_keys_length_apart(&k));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        set(&k, cases[i].cipher, cases[i].mac); /* replaces the ones before */
        assert_int_equal(packet_keys_block_len(&k), cases[i].block_len);
        assert_int_equal(packet_keys_tag_len(&k), cases[i].tag_len);
        assert_int_equal(packet_keys_length_apart(&k), cases[i].length_apart);
    }
    packet_keys_wipe(&k);
}

/* RFC 5647 section 7.1: 4 fixed octets, then a counter of 64 bits that wraps. */
static void the_counter_of_gcm_carries_over_every_octet(void **state)
{
    (void)state;
    struct packet_keys k = { 0 };
    set(&k, "aes128-gcm@openssh.com", "");
    assert_memory_equal(k.nonce, octets, AEAD_NONCE_LEN);
    for (size_t carries = 0; carries <= 8; carries++) {
        const uint8_t before[AEAD_NONCE_LEN] = { 1, 2, 3, 4, 7, 7, 7, 7, 7, 7, 7, 7 };
        uint8_t wanted[AEAD_NONCE_LEN];
        memcpy(k.nonce, before, sizeof(before));
        memset(k.nonce + AEAD_NONCE_LEN - carries, 0xff, carries);
        memcpy(wanted, k.nonce, sizeof(wanted));
        memset(wanted + AEAD_NONCE_LEN - carries, 0, carries);
        if (carries < 8)
            wanted[AEAD_NONCE_LEN - 1 - carries]++;
        packet_keys_next_nonce(&k);
        assert_memory_equal(k.nonce, wanted, sizeof(wanted));
    }
    packet_keys_wipe(&k);
}

/* Also the octets in between, which are no field's. */
static void nothing_is_left_of_wiped_keys(void **state)
{
    (void)state;
    static const struct packet_keys none;
    struct packet_keys k;
    memset(&k, 0, sizeof(k));
    set(&k, "aes128-gcm@openssh.com", "");
    packet_keys_wipe(&k);
    assert_memory_equal(&k, &none, sizeof(k));
    packet_keys_wipe(&k);
}

static void a_mac_covers_the_sequence_number(void **state)
{
    (void)state;
    uint8_t sums[3][DIGEST_LEN_MAX] = { { 0 } };
    struct packet_keys k = { 0 };
    set(&k, "aes128-ctr", "hmac-sha2-256");
    packet_keys_sum(&k, 1, B("packet"), sums[0]);
    packet_keys_sum(&k, 0x01000000, B("packet"), sums[1]);
    packet_keys_sum(&k, 1, B("packet"), sums[2]);
    assert_memory_not_equal(sums[0], sums[1], 32);
    assert_memory_equal(sums[0], sums[2], 32);
    packet_keys_wipe(&k);
}

static int start_crypto(void **state)
{
    (void)state;
    crypto_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_protection_has_its_shape),
        cmocka_unit_test(the_counter_of_gcm_carries_over_every_octet),
        cmocka_unit_test(nothing_is_left_of_wiped_keys),
        cmocka_unit_test(a_mac_covers_the_sequence_number),
    };
    return cmocka_run_group_tests(tests, start_crypto, NULL);
}
