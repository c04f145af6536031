/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/preface.h"

#include "codec.h"
#include "crypto/crypto.h"
#include "ssh/msg/disconnect.h"
#include "ssh/msg/kexinit.h"
#include "ssh/transport/opener.h"

static void count_up(void *context, struct span out)
{
    uint8_t *next = context;
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = (*next)++;
}

/* The packet's payload, and that there is nothing behind it. */
static struct bytes only_payload(struct span octets)
{
    struct opener opener;
    struct bytes payload;
    size_t used;
    opener_init(&opener);
    assert_int_equal(opener_open(&opener, octets, &payload, &used), OK);
    assert_int_equal(used, octets.len);
    return payload;
}

static void a_preface_is_an_identification_and_a_kexinit(void **state)
{
    (void)state;
    static const char line[] = "SSH-2.0-test of it\r\n";
    uint8_t next = 0;
    const struct rng rng = { count_up, &next };
    struct algorithms_offer offer;
    for (enum algorithms_category c = 0; c < ALGORITHMS_CATEGORY_COUNT; c++)
        offer.names[c] = algorithms_default(c);
    crypto_start();

    scoped(buf) out = BUF_EMPTY(CODEC_BUF_MAX);
    size_t cookie_at;
    assert_int_equal(buf_append(&out, B("before")), OK);
    assert_int_equal(preface_write("test of it", &offer, &rng, &out, &cookie_at), OK);
    buf_consume(&out, strlen("before"));
    assert_true(bytes_starts(buf_bytes(&out), line));

    struct kexinit kexinit;
    struct span packet = { out.data + out.start, buf_len(&out) };
    struct bytes payload = only_payload(bytes_span_skip(packet, strlen(line)));
    assert_int_equal(kexinit_decode(payload, NULL, &kexinit), OK);
    assert_false(kexinit.follows);
    assert_true(bytes_equal(kexinit.list[KEXINIT_HOST_KEY], offer.names[ALGORITHMS_HOST_KEY]));
    assert_true(bytes_list_has(kexinit.list[KEXINIT_KEX], B("kex-strict-s-v00@openssh.com")));
    assert_ptr_equal(kexinit.cookie.data, out.data + cookie_at);
}

static void without_room_there_is_no_greeting(void **state)
{
    (void)state;
    uint8_t next = 0;
    const struct rng rng = { count_up, &next };
    const struct algorithms_offer offer = { 0 };
    scoped(buf) out = BUF_EMPTY(20);
    size_t cookie_at;
    assert_int_equal(preface_write("test", &offer, &rng, &out, &cookie_at), ERR_NO_SPACE);
    assert_int_equal(preface_write_refusal(2, "no", &rng, &out), ERR_NO_SPACE);
}

static void a_refusal_is_a_disconnect(void **state)
{
    (void)state;
    uint8_t next = 0;
    const struct rng rng = { count_up, &next };
    scoped(buf) out = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(preface_write_refusal(12, "too many", &rng, &out), OK);

    struct disconnect message;
    struct bytes payload = only_payload((struct span){ out.data, buf_len(&out) });
    assert_int_equal(disconnect_decode(payload, NULL, &message), OK);
    assert_int_equal(message.reason, 12);
    assert_true(bytes_is(message.text, "too many"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_preface_is_an_identification_and_a_kexinit),
        cmocka_unit_test(without_room_there_is_no_greeting),
        cmocka_unit_test(a_refusal_is_a_disconnect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
