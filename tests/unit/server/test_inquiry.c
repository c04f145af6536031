/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/inquiry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct inquiry example = {
    .uid = 4711,
    .user = "ann",
    .home = "/home/ann",
    .address = "2001:db8::1",
    .host = "client.example.org",
    .blob = B("blob"),
    .files = B("\0\0\0\4keys"),
    .command = B("\0\0\0\2/x"),
    .strict_modes = true,
    .log_level = OPTION_LOG_VERBOSE,
};

static void what_is_asked_arrives(void **state)
{
    (void)state;
    struct inquiry came;
    struct record record = inquiry_encode(&example), decoded;
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    assert_int_equal(record_encode(&record, &datagram), OK);
    assert_int_equal(record_decode(buf_bytes(&datagram), &decoded), OK);
    assert_int_equal(inquiry_decode(&decoded, &came), OK);
    assert_int_equal(came.uid, example.uid);
    assert_string_equal(came.user, example.user);
    assert_string_equal(came.home, example.home);
    assert_string_equal(came.address, example.address);
    assert_string_equal(came.host, example.host);
    assert_true(bytes_equal(came.blob, example.blob));
    assert_true(bytes_equal(came.files, example.files));
    assert_true(bytes_equal(came.command, example.command));
    assert_int_equal(came.strict_modes, example.strict_modes);
    assert_int_equal(came.log_level, example.log_level);
}

static void what_cannot_be_asked_is_refused(void **state)
{
    (void)state;
    static const uint8_t octets[5000];
    struct inquiry came;
    for (size_t i = 0; i < 3; i++) {
        struct record record = inquiry_encode(&example);
        record.texts[i] = bytes_of(octets, sizeof(octets)); /* too long, and a NUL is in it */
        assert_int_equal(inquiry_decode(&record, &came), ERR_TOO_LONG);
    }
    struct record record = inquiry_encode(&example);
    record.numbers[2] = OPTION_LOG_DEBUG3 + 1;
    assert_int_equal(inquiry_decode(&record, &came), ERR_BAD_VALUE);
    record = inquiry_encode(&example);
    record.type = RECORD_AUTHORIZED;
    assert_int_equal(inquiry_decode(&record, &came), ERR_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_arrives),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
