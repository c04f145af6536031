/* SPDX-License-Identifier: BSD-2-Clause */
/* Sealer and opener against each other, for every cipher and MAC. */
#include "ssh/transport/opener.h"

#include "crypto/crypto.h"
#include "ssh/transport/sealer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/vectors.h"

enum { WIRE_MAX = 4096 };

static void fill_zeros(void *context, struct span out)
{
    (void)context;
    memset(out.data, 0, out.len);
}

static const struct rng zeros = { fill_zeros, NULL };

/* Every protection that can be negotiated: AEADs alone, counter modes with each MAC. */
struct protection {
    const struct algorithms_cipher *cipher;
    const struct algorithms_mac *mac;
};

static size_t all_protections(struct protection *out)
{
    size_t count = 0;
    struct bytes ciphers = algorithms_supported(ALGORITHMS_CIPHER);
    while (ciphers.len) {
        const struct algorithms_cipher *cipher = algorithms_find_cipher(bytes_cut(&ciphers, ','));
        struct bytes macs = algorithms_supported(ALGORITHMS_MAC);
        while (macs.len) {
            const struct algorithms_mac *mac = algorithms_find_mac(bytes_cut(&macs, ','));
            out[count++] = (struct protection){ cipher, mac };
            if (cipher->mode != ALGORITHMS_CTR)
                break;
        }
    }
    return count;
}

static const uint8_t key_octets[128] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static struct packet_keys_material material_for(const struct protection *p)
{
    return (struct packet_keys_material){
        .iv = bytes_of(key_octets, p->cipher->iv_len),
        .key = bytes_of(key_octets, p->cipher->key_len),
        .mac_key = bytes_of(key_octets, p->mac ? digest_len(p->mac->digest) : 0),
    };
}

static void start(struct sealer *s, struct opener *o, const struct protection *p)
{
    const struct packet_keys_material material = material_for(p);
    sealer_init(s, &zeros);
    opener_init(o);
    sealer_set_keys(s, p->cipher, p->mac, &material, true);
    opener_set_keys(o, p->cipher, p->mac, &material, true);
}

static void what_is_sealed_opens_again(void **state)
{
    (void)state;
    struct protection all[64];
    size_t count = all_protections(all);
    for (size_t i = 0; i < count; i++) {
        struct sealer s;
        struct opener o;
        start(&s, &o, &all[i]);
        for (size_t len = 1; len < 300; len++) {
            uint8_t text[300];
            memset(text, (int)len, sizeof(text));
            scoped(buf) wire = BUF_EMPTY(WIRE_MAX);
            assert_int_equal(sealer_append(&s, bytes_of(text, len), &wire), OK);
            assert_int_equal(buf_len(&wire), sealer_wire_len(&s, len));
            struct bytes payload;
            size_t wire_len;
            struct span in = { wire.data + wire.start, buf_len(&wire) };
            assert_int_equal(opener_open(&o, in, &payload, &wire_len), OK);
            assert_int_equal(wire_len, in.len);
            assert_true(bytes_equal(payload, bytes_of(text, len)));
        }
        sealer_wipe(&s);
        opener_wipe(&o);
    }
}

/* Feeds a damaged packet, then enough behind it that a wrong length cannot just wait for more. Nothing
 * of it may come out. */
static void must_not_open(const struct protection *p, struct bytes wire, size_t bit)
{
    struct sealer s;
    struct opener o;
    static uint8_t copy[PACKET_LEN_MAX + 1024];
    start(&s, &o, p);
    memset(copy, 0, sizeof(copy));
    memcpy(copy, wire.data, wire.len);
    copy[bit / 8] ^= (uint8_t)(1 << bit % 8);

    struct span in = { copy, sizeof(copy) };
    for (int i = 0; i < 4; i++) {
        struct bytes payload;
        size_t wire_len;
        enum err err = opener_open(&o, in, &payload, &wire_len);
        assert_int_equal(payload.len, 0);
        if (err != OK || wire_len == 0)
            break;
        in = bytes_span_skip(in, wire_len);
    }
    sealer_wipe(&s);
    opener_wipe(&o);
}

static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    struct protection all[64];
    size_t count = all_protections(all);
    for (size_t i = 0; i < count; i++) {
        struct sealer s;
        struct opener o;
        start(&s, &o, &all[i]);
        scoped(buf) wire = BUF_EMPTY(WIRE_MAX);
        assert_int_equal(sealer_append(&s, BYTES_LITERAL("a secret"), &wire), OK);
        for (size_t bit = 0; bit < 8 * buf_len(&wire); bit++)
            must_not_open(&all[i], buf_bytes(&wire), bit);
        sealer_wipe(&s);
        opener_wipe(&o);
    }
}

static void a_packet_may_arrive_octet_by_octet(void **state)
{
    (void)state;
    struct protection all[64];
    size_t count = all_protections(all);
    for (size_t i = 0; i < count; i++) {
        struct sealer s;
        struct opener o;
        start(&s, &o, &all[i]);
        scoped(buf) wire = BUF_EMPTY(WIRE_MAX);
        assert_int_equal(sealer_append(&s, BYTES_LITERAL("slowly"), &wire), OK);
        struct bytes payload = BYTES_NONE;
        size_t wire_len = 0;
        for (size_t len = 0; len <= buf_len(&wire); len++) {
            struct span in = { wire.data + wire.start, len };
            assert_int_equal(opener_open(&o, in, &payload, &wire_len), OK);
            assert_int_equal(wire_len, len == buf_len(&wire) ? len : 0);
        }
        assert_true(bytes_is(payload, "slowly"));
        sealer_wipe(&s);
        opener_wipe(&o);
    }
}

static void a_bad_length_in_the_clear_is_refused(void **state)
{
    (void)state;
    static const uint32_t lengths[] = { 0, 1, 4, 5, 11, 35001, 262149, 0x7fffffff, 0xffffffff };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct opener o;
        opener_init(&o);
        uint8_t octets[64] = { (uint8_t)(lengths[i] >> 24), (uint8_t)(lengths[i] >> 16),
                               (uint8_t)(lengths[i] >> 8), (uint8_t)lengths[i] };
        struct bytes payload;
        size_t wire_len;
        struct span in = { octets, sizeof(octets) };
        assert_int_equal(opener_open(&o, in, &payload, &wire_len), ERR_BAD_VALUE);
    }
}

static void assert_failure(const uint8_t *head, const char *wanted)
{
    struct opener o;
    opener_init(&o);
    uint8_t octets[64] = { 0 };
    memcpy(octets, head, 5);
    struct bytes payload;
    size_t wire_len;
    char text[128];
    assert_int_equal(opener_open(&o, (struct span){ octets, sizeof(octets) }, &payload, &wire_len),
                     wanted[0] ? ERR_BAD_VALUE : OK);
    opener_failure(&o, text, sizeof(text));
    assert_string_equal(text, wanted);
}

static void the_bad_field_is_named(void **state)
{
    (void)state;
    assert_failure((const uint8_t *)"HTTP/",
                   "its length, 1213486160 (0x48545450, as text \"HTTP\"), "
                   "is not from 5 to 35000");
    assert_failure((const uint8_t *)"\x99\x99\x99\x99", "its length, 2576980377 (0x99999999), is "
                                                        "not from 5 to 35000");
    assert_failure((const uint8_t *)"a\x1b[2", "its length, 1629182770 (0x611b5b32), is not from 5 "
                                               "to 35000");
    assert_failure((const uint8_t *)"\0\0\0\1",
                   "its length, 1 (0x00000001), is not from 5 to 35000");
    assert_failure((const uint8_t *)"\0\0\0\15", "its length, 13, and 4 are no multiple of 8");
    assert_failure((const uint8_t *)"\0\0\0\14\3", "its padding, 3 of 12 octets, is less than 4 or "
                                                   "leaves no message");
    assert_failure((const uint8_t *)"\0\0\0\14\12", "");
}

static void a_bad_padding_length_is_refused(void **state)
{
    (void)state;
    for (unsigned padding = 0; padding < 256; padding++) {
        struct opener o;
        opener_init(&o);
        uint8_t octets[16] = { 0, 0, 0, 12, (uint8_t)padding, 2 };
        struct bytes payload;
        size_t wire_len;
        struct span in = { octets, sizeof(octets) };
        bool is_good = padding >= 4 && padding <= 10;
        assert_int_equal(opener_open(&o, in, &payload, &wire_len), is_good ? OK : ERR_BAD_VALUE);
    }
}

/* Protects a packet as it is, whatever its padding length says. */
static void protect(struct packet_keys *k, struct span body, uint8_t *tag)
{
    struct span rest = bytes_span_skip(body, 4);
    switch (k->cipher->mode) {
    case ALGORITHMS_GCM:
        aead_seal(k->gcm, k->nonce, bytes_of(body.data, 4), rest, tag);
        break;
    case ALGORITHMS_CHACHAPOLY:
        chachapoly_seal(k->chachapoly, 0, body, tag);
        break;
    case ALGORITHMS_CTR:
        if (k->mac->is_etm)
            cipher_apply(k->ctr, rest);
        packet_keys_sum(k, 0, bytes_span(body), tag);
        if (!k->mac->is_etm)
            cipher_apply(k->ctr, body);
        break;
    }
}

/* Whoever has the keys may still send nonsense, and learns as little from the answer. */
static void a_bad_padding_length_behind_the_protection_is_a_forgery(void **state)
{
    (void)state;
    struct protection all[64];
    size_t count = all_protections(all);
    for (size_t i = 0; i < count; i++) {
        for (unsigned padding = 0; padding < 256; padding++) {
            struct sealer s;
            struct opener o;
            start(&s, &o, &all[i]);
            bool is_apart = packet_keys_length_apart(&s.keys);
            uint8_t length = is_apart ? 32 : 28;
            uint8_t packet[4 + 32 + PACKET_TAG_MAX] = { 0, 0, 0, length, (uint8_t)padding, 2 };
            protect(&s.keys, (struct span){ packet, 4u + length }, packet + 4 + length);

            struct bytes payload;
            size_t wire_len;
            struct span in = { packet, 4 + length + packet_keys_tag_len(&s.keys) };
            enum err err = opener_open(&o, in, &payload, &wire_len);
            bool is_good = padding >= 4 && padding + 1 < length;
            assert_int_equal(payload.len, is_good ? length - 1 - padding : 0);
            assert_int_equal(err, is_good || !is_apart ? OK : ERR_BAD_MAC);
            assert_int_equal(o.is_discarding, !is_good && !is_apart);
            sealer_wipe(&s);
            opener_wipe(&o);
        }
    }
}

static void set_recorded_keys(struct opener *o, const json_t *test)
{
    struct buf iv = vectors_hex(test, "iv"), key = vectors_hex(test, "key"),
               mac_key = vectors_hex(test, "mac_key");
    const struct packet_keys_material material = { buf_bytes(&iv), buf_bytes(&key),
                                                   buf_bytes(&mac_key) };
    opener_wipe(o);
    opener_init(o);
    opener_set_keys(o, algorithms_find_cipher(bytes_text(vectors_text(test, "cipher"))),
                    algorithms_find_mac(bytes_text(vectors_text(test, "mac"))), &material, true);
    o->sequence = vectors_number(test, "sequence");
    buf_wipe(&iv);
    buf_wipe(&key);
    buf_wipe(&mac_key);
}

/* The sequence number and GCM's counter wrap on the way. */
static void packets_of_another_implementation_open(void **state)
{
    (void)state;
    json_t *tests = vectors_load("ssh/packets.json");
    struct opener o;
    opener_init(&o);
    size_t index;
    json_t *test;
    json_array_foreach(tests, index, test)
    {
        if (json_object_get(test, "key"))
            set_recorded_keys(&o, test);
        assert_int_equal(o.sequence, vectors_number(test, "sequence"));
        struct buf wire = vectors_hex(test, "wire"), wanted = vectors_hex(test, "payload");
        struct bytes payload;
        size_t wire_len;
        assert_int_equal(
            opener_open(&o, (struct span){ wire.data, buf_len(&wire) }, &payload, &wire_len), OK);
        assert_int_equal(wire_len, buf_len(&wire));
        assert_true(bytes_equal(payload, buf_bytes(&wanted)));
        buf_wipe(&wire);
        buf_wipe(&wanted);
    }
    opener_wipe(&o);
    json_decref(tests);
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
        cmocka_unit_test(packets_of_another_implementation_open),
        cmocka_unit_test(what_is_sealed_opens_again),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(a_packet_may_arrive_octet_by_octet),
        cmocka_unit_test(a_bad_length_in_the_clear_is_refused),
        cmocka_unit_test(the_bad_field_is_named),
        cmocka_unit_test(a_bad_padding_length_is_refused),
        cmocka_unit_test(a_bad_padding_length_behind_the_protection_is_a_forgery),
    };
    return cmocka_run_group_tests(tests, start_crypto, NULL);
}
