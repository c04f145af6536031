/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/opening.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LINE "SSH-2.0-x\r\n"
#define B    BYTES_LITERAL

enum { WHOLE_MAX = OPENING_LINE_MAX + 4 + OPENING_PACKET_MAX };

static enum opening judge(struct bytes first)
{
    return opening_of(bytes_slice(first, 0, OPENING_HEAD_MAX), first.len);
}

static void lines_are_judged_when_they_are_complete(void **state)
{
    (void)state;
    static const struct {
        struct bytes first;
        enum opening opening;
    } cases[] = {
        { B(""), OPENING_SILENT },
        { B("SSH-2.0-x"), OPENING_SILENT },
        { B("GET / HTTP/1.1"), OPENING_SILENT },
        { B("SSH-2.0-x\n"), OPENING_NAMED },
        { B("SSH-2.0-x y z\r\n"), OPENING_NAMED },
        { B("SSH-1.99-x\r\n"), OPENING_NAMED },
        { B("SSH-2.0-\r\n"), OPENING_BAD_VERSION },
        { B("SSH-1.99-\r\n"), OPENING_BAD_VERSION },
        { B("SSH-1.5-x\r\n"), OPENING_BAD_VERSION },
        { B("SSH-2.1-x\r\n"), OPENING_BAD_VERSION },
        { B("GET / HTTP/1.1\r\n"), OPENING_BAD_VERSION },
        { B("\r\n"), OPENING_BAD_VERSION },
        { B("\n"), OPENING_BAD_VERSION },
        { B("SSH-2.0-a\tb\r\n"), OPENING_BAD_LINE },
        { B("SSH-2.0-a\rb\r\n"), OPENING_BAD_LINE },
        { B("SSH-2.0-a\xff\r\n"), OPENING_BAD_LINE },
        { B("SSH-2.0-a\0"), OPENING_BAD_LINE },
        { B("\x16\x03\x01\0"), OPENING_BAD_LINE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(judge(cases[i].first), cases[i].opening);
}

static void a_line_may_have_255_octets(void **state)
{
    (void)state;
    uint8_t first[OPENING_LINE_MAX + 2];
    memset(first, 'x', sizeof(first));
    memcpy(first, "SSH-2.0-", 8);
    assert_int_equal(judge(bytes_of(first, OPENING_LINE_MAX)), OPENING_SILENT);
    assert_int_equal(judge(bytes_of(first, OPENING_LINE_MAX + 1)), OPENING_BAD_LINE);
    first[OPENING_LINE_MAX] = '\n';
    assert_int_equal(judge(bytes_of(first, OPENING_LINE_MAX + 1)), OPENING_BAD_LINE);
    first[OPENING_LINE_MAX - 1] = '\n';
    assert_int_equal(judge(bytes_of(first, OPENING_LINE_MAX)), OPENING_NAMED);
}

static enum opening with_packet(struct bytes packet)
{
    scoped(buf) first = BUF_EMPTY(100 * 1000);
    assert_int_equal(buf_append_text(&first, LINE), OK);
    assert_int_equal(buf_append(&first, packet), OK);
    return judge(buf_bytes(&first));
}

static void a_packet_is_awaited_until_it_is_whole(void **state)
{
    (void)state;
    static const uint8_t packet[] = { 0, 0, 0, 12, 10, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99 };
    for (size_t len = 0; len <= sizeof(packet); len++)
        assert_int_equal(with_packet(bytes_of(packet, len)),
                         len < 16 ? OPENING_NAMED : OPENING_WHOLE);
}

static void a_packet_must_be_framed_as_the_rfc_says(void **state)
{
    (void)state;
    static const struct {
        uint8_t octets[6];
        enum opening opening;
    } cases[] = {
        { { 0, 0, 0, 12, 4, 20 }, OPENING_NAMED },
        { { 0, 0, 0, 0, 4, 20 }, OPENING_BAD_PACKET },
        { { 0, 0, 0, 4, 4, 20 }, OPENING_BAD_PACKET },
        { { 0, 0, 0, 13, 4, 20 }, OPENING_BAD_PACKET },
        { { 0, 0, 0, 16, 4, 20 }, OPENING_BAD_PACKET },
        { { 0xff, 0xff, 0xff, 0xfc, 4, 20 }, OPENING_BAD_PACKET },
        { { 0, 0, 0x88, 0xb4, 4, 20 }, OPENING_NAMED },      /* 34,996 */
        { { 0, 0, 0x88, 0xbc, 4, 20 }, OPENING_BAD_PACKET }, /* 35,004 */
        { { 0, 0, 0, 12, 3, 20 }, OPENING_BAD_PACKET },
        { { 0, 0, 0, 12, 10, 20 }, OPENING_NAMED },
        { { 0, 0, 0, 12, 11, 20 }, OPENING_BAD_PACKET }, /* without a payload */
        { { 0, 0, 0, 12, 255, 20 }, OPENING_BAD_PACKET },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(with_packet(bytes_of(cases[i].octets, 6)), cases[i].opening);
}

static void only_messages_that_may_come_first_may(void **state)
{
    (void)state;
    for (unsigned message = 0; message < 256; message++) {
        const uint8_t packet[] = { 0, 0, 0, 12, 4, (uint8_t)message };
        bool is_good = message == 20 || (message >= 1 && message <= 4);
        assert_int_equal(with_packet(bytes_of(packet, sizeof(packet))),
                         is_good ? OPENING_NAMED : OPENING_BAD_PACKET);
    }
}

static void the_longest_opening_is_seen_to_be_whole(void **state)
{
    (void)state;
    scoped(buf) first = BUF_EMPTY(100 * 1000);
    struct span room;
    assert_int_equal(buf_reserve(&first, WHOLE_MAX + 100, &room), OK);
    memset(room.data, 'x', room.len);
    memcpy(room.data, "SSH-2.0-", 8);
    room.data[OPENING_LINE_MAX - 1] = '\n';
    memcpy(room.data + OPENING_LINE_MAX, "\0\0\x88\xb4\4\x14", 6);
    size_t whole = OPENING_LINE_MAX + 4 + 34996;
    assert_true(whole <= WHOLE_MAX);
    assert_int_equal(judge(bytes_of(room.data, whole - 1)), OPENING_NAMED);
    assert_int_equal(judge(bytes_of(room.data, whole)), OPENING_WHOLE);
    assert_int_equal(judge(bytes_of(room.data, room.len)), OPENING_WHOLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_judged_when_they_are_complete),
        cmocka_unit_test(a_line_may_have_255_octets),
        cmocka_unit_test(a_packet_is_awaited_until_it_is_whole),
        cmocka_unit_test(a_packet_must_be_framed_as_the_rfc_says),
        cmocka_unit_test(only_messages_that_may_come_first_may),
        cmocka_unit_test(the_longest_opening_is_seen_to_be_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
