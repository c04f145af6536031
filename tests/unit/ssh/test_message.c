/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/message.h"

static void every_known_number_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(message_name(20), "KEXINIT");
    assert_string_equal(message_name(SSH_MSG_CHANNEL_DATA), "CHANNEL_DATA");
    assert_string_equal(message_name(0), "unassigned");
    assert_string_equal(message_name(255), "unassigned");
}

static void an_empty_payload_has_the_number_that_no_message_has(void **state)
{
    (void)state;
    assert_int_equal(message_number(BYTES_NONE), 0);
    assert_int_equal(message_number(B("\x15")), SSH_MSG_NEWKEYS);
}

static void a_bare_message_is_its_number_and_nothing_else(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(16);
    assert_int_equal(message_encode_bare(&out, SSH_MSG_NEWKEYS), OK);
    assert_int_equal(message_decode_bare(buf_bytes(&out), NULL, SSH_MSG_NEWKEYS), OK);
    assert_int_equal(message_decode_bare(buf_bytes(&out), NULL, SSH_MSG_KEXINIT), ERR_BAD_VALUE);
    assert_int_equal(message_decode_bare(B("\x15\0"), NULL, SSH_MSG_NEWKEYS), ERR_TRAILING);
    assert_int_equal(message_decode_bare(BYTES_NONE, NULL, SSH_MSG_NEWKEYS), ERR_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_known_number_has_its_name),
        cmocka_unit_test(an_empty_payload_has_the_number_that_no_message_has),
        cmocka_unit_test(a_bare_message_is_its_number_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
