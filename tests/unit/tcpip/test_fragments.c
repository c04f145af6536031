/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/fragments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct fragments f;
static uint8_t data[4000],
    packet[1400]; /* what the fragment came in: here an octet of its number is enough */

static bool add(uint32_t id, uint16_t at, size_t len, bool has_more, int64_t ms,
                struct ip_header *whole)
{
    *whole = (struct ip_header){
        .source = { .version = 4, .octets = { 10, 0, 0, 1 } },
        .destination = { .version = 4, .octets = { 10, 0, 0, 2 } },
        .protocol = IP_TCP,
        .identification = id,
        .fragment_offset = at,
        .more_fragments = has_more,
        .payload = bytes_of(data + at, len),
    };
    packet[0] = (uint8_t)id;
    return fragments_add(&f, whole, bytes_of(packet, sizeof(packet)),
                         (struct instant){ ms * 1000 });
}

static int set_up(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    return fragments_init(&f) ? 0 : -1;
}

static int tear_down(void **unused)
{
    (void)unused;
    fragments_wipe(&f);
    return 0;
}

static void pieces_in_any_order_become_whole(void **unused)
{
    (void)unused;
    struct ip_header ip;
    assert_false(add(1, 1600, 400, false, 0, &ip));
    assert_false(add(1, 0, 800, true, 0, &ip));
    assert_false(add(1, 0, 800, true, 0, &ip)); /* again */
    assert_true(add(1, 800, 800, true, 0, &ip));
    assert_int_equal(ip.payload.len, 2000);
    assert_memory_equal(ip.payload.data, data, 2000);
    assert_false(ip.more_fragments);
}

static void pieces_that_overlap_spoil_the_datagram(void **unused)
{
    (void)unused;
    struct ip_header ip;
    assert_false(add(2, 0, 800, true, 0, &ip));
    assert_false(add(2, 792, 16, true, 0, &ip));
    assert_false(add(2, 800, 400, false, 0, &ip));
    /* An end before what was there, and one behind the end. */
    assert_false(add(3, 800, 800, true, 0, &ip));
    assert_false(add(3, 0, 400, false, 0, &ip));
    assert_false(add(3, 400, 400, true, 0, &ip));
    assert_false(add(4, 800, 8, false, 0, &ip));
    assert_false(add(4, 808, 8, true, 0, &ip));
    assert_false(add(4, 0, 800, true, 0, &ip));
    /* A piece in the middle that is no multiple of eight. */
    assert_false(add(5, 0, 799, true, 0, &ip));
    assert_false(add(5, 800, 8, false, 0, &ip));
}

static void a_datagram_that_stays_incomplete_is_forgotten(void **unused)
{
    (void)unused;
    struct ip_header ip;
    assert_false(add(6, 0, 800, true, 0, &ip));
    assert_false(add(6, 800, 8, false, FRAGMENTS_MS, &ip));
    assert_true(add(6, 0, 800, true, FRAGMENTS_MS, &ip));
}

static void the_oldest_gives_way(void **unused)
{
    (void)unused;
    struct ip_header ip;
    for (uint32_t id = 10; id <= 10 + FRAGMENTS_DATAGRAMS; id++)
        assert_false(add(id, 0, 800, true, id, &ip));
    assert_true(add(11, 800, 8, false, 20, &ip));
    assert_false(add(10, 800, 8, false, 20, &ip));
}

/* RFC 1122 section 3.3.2: if the first fragment has come. */
static void who_sent_the_first_piece_hears_that_the_others_are_missing(void **unused)
{
    (void)unused;
    struct ip_header ip;
    struct bytes quote;
    struct instant end = { FRAGMENTS_MS * 1000 };
    assert_int_equal(fragments_deadline(&f).us, INSTANT_NEVER.us);
    assert_false(add(1, 800, 800, true, 0, &ip)); /* nobody knows whose that is */
    assert_int_equal(fragments_deadline(&f).us, INSTANT_NEVER.us);
    assert_false(add(2, 0, 800, true, 0, &ip));
    assert_false(add(3, 0, 800, true, 10, &ip));
    assert_false(add(4, 0, 800, true, 0, &ip));
    assert_false(add(4, 8, 800, true, 0, &ip)); /* it overlaps: RFC 5722 */
    assert_int_equal(fragments_deadline(&f).us, end.us);
    assert_false(fragments_expire(&f, (struct instant){ end.us - 1 }, &quote));
    assert_true(fragments_expire(&f, end, &quote));
    assert_int_equal(quote.len, FRAGMENTS_QUOTE);
    assert_int_equal(quote.data[0], 2);
    assert_false(fragments_expire(&f, end, &quote));
    /* One that becomes whole is not given up. */
    assert_true(add(3, 800, 8, false, 20, &ip));
    assert_int_equal(fragments_deadline(&f).us, INSTANT_NEVER.us);
    assert_false(fragments_expire(&f, (struct instant){ 2 * end.us }, &quote));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_in_any_order_become_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pieces_that_overlap_spoil_the_datagram, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_datagram_that_stays_incomplete_is_forgotten, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_gives_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_sent_the_first_piece_hears_that_the_others_are_missing,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
