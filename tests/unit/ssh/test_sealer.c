/* SPDX-License-Identifier: BSD-2-Clause */
/* That what is sealed opens again is in test_opener.c. */
#include "ssh/transport/sealer.h"

#include "codec.h"
#include "crypto/crypto.h"

static const uint8_t octets[128] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static void count_up(void *context, struct span out)
{
    uint8_t *next = context;
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = (*next)++;
}

static void set_keys(struct sealer *s, const char *cipher_name, const char *mac_name, bool resets)
{
    const struct algorithms_cipher *cipher = algorithms_find_cipher(bytes_text(cipher_name));
    const struct algorithms_mac *mac = algorithms_find_mac(bytes_text(mac_name));
    const struct packet_keys_material material = {
        .iv = bytes_of(octets, cipher->iv_len),
        .key = bytes_of(octets, cipher->key_len),
        .mac_key = bytes_of(octets, mac ? digest_len(mac->digest) : 0),
    };
    sealer_set_keys(s, cipher, mac, &material, resets);
}

static void a_packet_without_keys_is_as_the_rfc_draws_it(void **state)
{
    (void)state;
    uint8_t next = 0xa0;
    const struct rng rng = { count_up, &next };
    struct sealer s;
    scoped(buf) wire = BUF_EMPTY(1000);
    sealer_init(&s, &rng);
    assert_int_equal(sealer_append(&s, B("\25"), &wire), OK);
    static const uint8_t wanted[] = { 0,    0,    0,    12,   10,   21,   0xa0, 0xa1,
                                      0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9 };
    assert_true(bytes_equal(buf_bytes(&wire), bytes_of(wanted, sizeof(wanted))));
    sealer_wipe(&s);
}

/* RFC 4253 section 6: at least 4 octets, up to a multiple of the block, and of 8. */
static void padding_fills_blocks(void **state)
{
    (void)state;
    static const char *const protections[][2] = {
        { "aes128-ctr", "hmac-sha2-256" },
        { "aes128-ctr", "hmac-sha2-256-etm@openssh.com" },
        { "aes128-gcm@openssh.com", "" },
        { "chacha20-poly1305@openssh.com", "" },
    };
    uint8_t next = 0;
    const struct rng rng = { count_up, &next };
    for (size_t i = 0; i < sizeof(protections) / sizeof(protections[0]); i++) {
        struct sealer s;
        sealer_init(&s, &rng);
        set_keys(&s, protections[i][0], protections[i][1], false);
        size_t block = packet_keys_block_len(&s.keys);
        size_t overhead = SEALER_HEADER_LEN + packet_keys_tag_len(&s.keys);
        for (size_t len = 1; len < 100; len++) {
            size_t wire_len = sealer_wire_len(&s, len);
            size_t padding = wire_len - overhead - len;
            size_t counted = wire_len - packet_keys_tag_len(&s.keys) -
                             (packet_keys_length_apart(&s.keys) ? 4 : 0);
            assert_int_equal(counted % block, 0);
            assert_in_range(padding, 4, 4 + block - 1);
        }
        sealer_wipe(&s);
    }
}

static void the_sequence_goes_on_over_new_keys_unless_it_is_strict(void **state)
{
    (void)state;
    uint8_t next = 0;
    const struct rng rng = { count_up, &next };
    struct sealer s;
    scoped(buf) wire = BUF_EMPTY(10000);
    sealer_init(&s, &rng);
    s.sequence = UINT32_MAX;
    assert_int_equal(sealer_append(&s, B("x"), &wire), OK);
    assert_int_equal(s.sequence, 0); /* it wraps, RFC 4253 section 6.4 */
    assert_int_equal(sealer_append(&s, B("x"), &wire), OK);
    set_keys(&s, "aes128-ctr", "hmac-sha2-256", false);
    assert_int_equal(s.sequence, 1);
    set_keys(&s, "aes128-ctr", "hmac-sha2-256", true);
    assert_int_equal(s.sequence, 0);
    sealer_wipe(&s);
}

static void what_the_keys_sealed_is_counted_anew_with_new_keys(void **state)
{
    (void)state;
    uint8_t next = 0;
    const struct rng rng = { count_up, &next };
    struct sealer s;
    scoped(buf) wire = BUF_EMPTY(10000);
    sealer_init(&s, &rng);
    for (int round = 0; round < 2; round++) {
        set_keys(&s, "aes128-gcm@openssh.com", "", false);
        assert_true(s.octets == 0 && s.packets == 0);
        buf_clear(&wire);
        for (int i = 0; i < 3; i++)
            assert_int_equal(sealer_append(&s, B("some payload"), &wire), OK);
        assert_int_equal(s.packets, 3);
        assert_int_equal(s.octets, buf_len(&wire));
    }
    sealer_wipe(&s);
}

static void a_packet_that_does_not_fit_changes_nothing(void **state)
{
    (void)state;
    uint8_t next = 0;
    const struct rng rng = { count_up, &next };
    struct sealer s;
    sealer_init(&s, &rng);
    set_keys(&s, "aes128-gcm@openssh.com", "", true);
    scoped(buf) small = BUF_EMPTY(sealer_wire_len(&s, 7) - 1);
    assert_int_equal(sealer_append(&s, B("payload"), &small), ERR_NO_SPACE);
    assert_int_equal(buf_len(&small), 0);
    assert_int_equal(s.sequence, 0);
    assert_int_equal(s.octets, 0);
    sealer_wipe(&s);
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
        cmocka_unit_test(a_packet_without_keys_is_as_the_rfc_draws_it),
        cmocka_unit_test(padding_fills_blocks),
        cmocka_unit_test(the_sequence_goes_on_over_new_keys_unless_it_is_strict),
        cmocka_unit_test(what_the_keys_sealed_is_counted_anew_with_new_keys),
        cmocka_unit_test(a_packet_that_does_not_fit_changes_nothing),
    };
    return cmocka_run_group_tests(tests, start_crypto, NULL);
}
