/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/agent_message.h"

#include "base/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

enum { ROOM = 4096, IDENTITIES_ANSWER = 12 };

static void a_list_is_asked_for_in_one_octet(void **state)
{
    (void)state;
    scoped(buf) frame = BUF_EMPTY(ROOM);
    assert_int_equal(agent_message_encode_list(&frame), OK);
    assert_true(bytes_equal(buf_bytes(&frame), B("\0\0\0\1\13")));
}

static void a_signature_is_asked_for_with_key_message_and_flags(void **state)
{
    (void)state;
    scoped(buf) frame = BUF_EMPTY(ROOM);
    assert_int_equal(
        agent_message_encode_sign(B("blob"), B("text"), AGENT_SIGN_RSA_SHA2_512, &frame), OK);
    assert_true(bytes_equal(buf_bytes(&frame), B("\0\0\0\25\15\0\0\0\4blob\0\0\0\4text\0\0\0\4")));
}

static void rsa_algorithms_have_flags_others_none(void **state)
{
    (void)state;
    assert_int_equal(agent_message_sign_flags(B("rsa-sha2-256")), AGENT_SIGN_RSA_SHA2_256);
    assert_int_equal(agent_message_sign_flags(B("rsa-sha2-512")), AGENT_SIGN_RSA_SHA2_512);
    assert_int_equal(agent_message_sign_flags(B("ssh-ed25519")), 0);
}

static void the_length_is_known_from_four_octets(void **state)
{
    (void)state;
    static const struct {
        struct bytes in;
        enum err err;
        size_t len;
    } cases[] = {
        { BYTES_NONE, OK, 0 },
        { B("\0\0\0"), OK, 0 },
        { B("\0\0\0\1"), OK, 5 },
        { B("\0\0\0\1\5more"), OK, 5 },
        { B("\377\377\377\377"), ERR_TOO_LONG, 0 },
        { B("\0\0\0\0"), ERR_BAD_VALUE, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = 0;
        assert_int_equal(agent_message_frame_len(cases[i].in, &len), cases[i].err);
        if (cases[i].err == OK)
            assert_int_equal(len, cases[i].len);
    }
}

/* A whole answer frame with two keys, as an agent sends it. */
static void write_list(struct buf *frame, uint32_t count)
{
    struct writer w = writer_to(frame);
    size_t mark = writer_open_string(&w);
    writer_u8(&w, IDENTITIES_ANSWER);
    writer_u32(&w, count);
    writer_string(&w, B("first"));
    writer_string(&w, B("a comment"));
    writer_string(&w, B("second"));
    writer_string(&w, BYTES_NONE);
    writer_close_string(&w, mark);
    assert_int_equal(writer_end(&w), OK);
}

static void the_keys_come_in_their_order(void **state)
{
    (void)state;
    scoped(buf) frame = BUF_EMPTY(ROOM);
    struct bytes keys, blob, comment;
    size_t count;
    write_list(&frame, 2);
    assert_int_equal(agent_message_decode_list(buf_bytes(&frame), &keys, &count), OK);
    assert_int_equal(count, 2);
    assert_true(agent_message_next_key(&keys, &blob, &comment));
    assert_true(bytes_is(blob, "first") && bytes_is(comment, "a comment"));
    assert_true(agent_message_next_key(&keys, &blob, &comment));
    assert_true(bytes_is(blob, "second") && comment.len == 0);
    assert_false(agent_message_next_key(&keys, &blob, &comment));
}

static void a_list_that_does_not_have_what_it_says_is_refused(void **state)
{
    (void)state;
    static const uint32_t counts[] = { 0, 1, 3, UINT32_MAX };
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        scoped(buf) frame = BUF_EMPTY(ROOM);
        struct bytes keys;
        size_t count;
        write_list(&frame, counts[i]);
        assert_int_not_equal(agent_message_decode_list(buf_bytes(&frame), &keys, &count), OK);
    }
}

static void every_prefix_of_a_list_is_refused(void **state)
{
    (void)state;
    scoped(buf) frame = BUF_EMPTY(ROOM);
    struct bytes keys;
    size_t count;
    write_list(&frame, 2);
    for (size_t len = 0; len < buf_len(&frame); len++)
        assert_int_not_equal(
            agent_message_decode_list(bytes_slice(buf_bytes(&frame), 0, len), &keys, &count), OK);
}

static void an_agent_may_refuse(void **state)
{
    (void)state;
    struct bytes out;
    size_t count;
    const struct bytes refusal = B("\0\0\0\1\5");
    assert_int_equal(agent_message_decode_list(refusal, &out, &count), ERR_UNSUPPORTED);
    assert_int_equal(agent_message_decode_signature(refusal, &out), ERR_UNSUPPORTED);
    const struct bytes signature = B("\0\0\0\10\16\0\0\0\3sig");
    assert_int_equal(agent_message_decode_signature(signature, &out), OK);
    assert_true(bytes_is(out, "sig"));
    assert_int_not_equal(agent_message_decode_list(signature, &out, &count), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_asked_for_in_one_octet),
        cmocka_unit_test(a_signature_is_asked_for_with_key_message_and_flags),
        cmocka_unit_test(rsa_algorithms_have_flags_others_none),
        cmocka_unit_test(the_length_is_known_from_four_octets),
        cmocka_unit_test(the_keys_come_in_their_order),
        cmocka_unit_test(a_list_that_does_not_have_what_it_says_is_refused),
        cmocka_unit_test(every_prefix_of_a_list_is_refused),
        cmocka_unit_test(an_agent_may_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
