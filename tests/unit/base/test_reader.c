/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* One field of each type, and the rest. */
static const uint8_t message[] = {
    7, 1, 0xab, 0xcd, 1,   2, 3, 4, 1, 2, 3,    4,   5,   6,   7,   8,   0,   0,
    0, 3, 'a',  'b',  'c', 0, 0, 0, 2, 0, 0x80, 'o', 'c', 't', 'r', 'e', 's', 't',
};
enum { REST_AT = sizeof(message) - 4 };

static enum err read_all(struct bytes bytes, const struct field_sink *sink, bool expects_values)
{
    struct reader r = reader_over(bytes, sink);
    uint8_t u8 = reader_u8(&r, "u8");
    bool flag = reader_bool(&r, "flag");
    uint16_t u16 = reader_u16(&r, "u16");
    uint32_t u32 = reader_u32(&r, "u32");
    uint64_t u64 = reader_u64(&r, "u64");
    struct bytes string = reader_string(&r, "string");
    struct bytes mpint = reader_mpint(&r, "mpint");
    struct bytes octets = reader_octets(&r, "octets", 3);
    bool more = reader_more(&r);
    struct bytes rest = reader_rest(&r, "rest");
    if (expects_values) {
        assert_int_equal(u8, 7);
        assert_true(flag);
        assert_int_equal(u16, 0xabcd);
        assert_int_equal(u32, 0x01020304);
        assert_int_equal(u64, 0x0102030405060708);
        assert_true(bytes_is(string, "abc"));
        assert_true(bytes_is(mpint, "\x80"));
        assert_true(bytes_is(octets, "oct"));
        assert_true(more);
        assert_true(bytes_is(rest, "rest"));
        assert_false(reader_more(&r));
    }
    return reader_end(&r);
}

static void each_type_is_read(void **state)
{
    (void)state;
    assert_int_equal(read_all(bytes_of(message, sizeof(message)), NULL, true), OK);
}

static void every_prefix_of_a_message_is_truncated(void **state)
{
    (void)state;
    for (size_t len = 0; len < REST_AT; len++) {
        uint8_t prefix[sizeof(message)]; /* so that a sanitizer sees each step too far */
        memcpy(prefix, message, len);
        assert_int_equal(read_all(bytes_of(prefix, len), NULL, false), ERR_TRUNCATED);
    }
    assert_int_equal(read_all(bytes_of(message, REST_AT), NULL, false), OK);
}

static void a_reader_that_ran_out_stays_so(void **state)
{
    (void)state;
    static const uint8_t octets[] = { 0, 0, 0, 9, 1, 2, 3 };
    struct reader r = reader_over(bytes_of(octets, sizeof(octets)), NULL);
    assert_int_equal(reader_string(&r, "string").len, 0);
    assert_false(reader_more(&r));
    assert_int_equal(reader_u8(&r, "u8"), 0);
    assert_false(reader_bool(&r, "flag"));
    assert_int_equal(reader_u16(&r, "u16"), 0);
    assert_int_equal(reader_u32(&r, "u32"), 0);
    assert_int_equal(reader_u64(&r, "u64"), 0);
    assert_int_equal(reader_string(&r, "string").len, 0);
    assert_int_equal(reader_mpint(&r, "mpint").len, 0);
    assert_int_equal(reader_octets(&r, "octets", 1).len, 0);
    assert_int_equal(reader_octets(&r, "octets", 0).len, 0);
    assert_int_equal(reader_rest(&r, "rest").len, 0);
    assert_int_equal(reader_end(&r), ERR_TRUNCATED);
}

static void octets_left_over_are_trailing(void **state)
{
    (void)state;
    struct reader r = reader_over(BYTES_LITERAL("ab"), NULL);
    assert_int_equal(reader_u8(&r, "u8"), 'a');
    assert_int_equal(reader_end(&r), ERR_TRAILING);
    assert_int_equal(reader_u8(&r, "u8"), 'b');
    assert_int_equal(reader_end(&r), OK);
    r = reader_over(BYTES_NONE, NULL);
    assert_int_equal(reader_end(&r), OK);
}

static void lengths_near_the_largest_number_do_not_wrap(void **state)
{
    (void)state;
    static const uint8_t octets[] = { 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4 };
    struct reader r = reader_over(bytes_of(octets, sizeof(octets)), NULL);
    assert_int_equal(reader_string(&r, "string").len, 0);
    assert_int_equal(reader_end(&r), ERR_TRUNCATED);
    r = reader_over(bytes_of(octets, sizeof(octets)), NULL);
    (void)reader_u8(&r, "u8");
    assert_int_equal(reader_octets(&r, "octets", SIZE_MAX).len, 0);
    assert_int_equal(reader_end(&r), ERR_TRUNCATED);
}

static void an_mpint_has_one_form(void **state)
{
    (void)state;
    /* RFC 4251 section 5 has the first four; the others are negative or longer than needed. */
    static const struct {
        const char *octets;
        size_t len;
        const char *value; /* NULL: refused */
    } forms[] = {
        { "\0\0\0\0", 4, "" },
        { "\0\0\0\x08\x09\xa3\x78\xf9\xb2\xe3\x32\xa7", 12, "\x09\xa3\x78\xf9\xb2\xe3\x32\xa7" },
        { "\0\0\0\x02\0\x80", 6, "\x80" },
        { "\0\0\0\x02\xed\xcc", 6, NULL },
        { "\0\0\0\x01\x01", 5, "\x01" },
        { "\0\0\0\x01\x7f", 5, "\x7f" },
        { "\0\0\0\x01\0", 5, NULL },
        { "\0\0\0\x01\x80", 5, NULL },
        { "\0\0\0\x02\0\x7f", 6, NULL },
        { "\0\0\0\x03\0\0\x80", 7, NULL },
        { "\0\0\0\x02\xff\x80", 6, NULL },
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct reader r = reader_over(bytes_of(forms[i].octets, forms[i].len), NULL);
        struct bytes value = reader_mpint(&r, "mpint");
        assert_int_equal(reader_end(&r), forms[i].value ? OK : ERR_TRUNCATED);
        assert_true(bytes_is(value, forms[i].value ? forms[i].value : ""));
    }
}

static void any_octet_but_zero_is_true(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        const uint8_t octet = (uint8_t)i;
        struct reader r = reader_over(bytes_of(&octet, 1), NULL);
        assert_int_equal(reader_bool(&r, "flag"), i != 0);
    }
}

struct told {
    size_t count;
    size_t covered;
    const char *last;
};

static void hear(void *context, const char *name, size_t offset, size_t len)
{
    struct told *told = context;
    assert_int_equal(offset, told->covered);
    told->covered += len;
    told->last = name;
    told->count++;
}

static void a_sink_hears_of_each_field_without_gaps(void **state)
{
    (void)state;
    struct told told = { 0 };
    const struct field_sink sink = { hear, &told };
    assert_int_equal(read_all(bytes_of(message, sizeof(message)), &sink, true), OK);
    assert_int_equal(told.count, 9);
    assert_int_equal(told.covered, sizeof(message));
    assert_string_equal(told.last, "rest");

    told = (struct told){ 0 };
    assert_int_equal(read_all(bytes_of(message, 17), &sink, false), ERR_TRUNCATED);
    assert_string_equal(told.last, "u64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_is_read),
        cmocka_unit_test(every_prefix_of_a_message_is_truncated),
        cmocka_unit_test(a_reader_that_ran_out_stays_so),
        cmocka_unit_test(octets_left_over_are_trailing),
        cmocka_unit_test(lengths_near_the_largest_number_do_not_wrap),
        cmocka_unit_test(an_mpint_has_one_form),
        cmocka_unit_test(any_octet_but_zero_is_true),
        cmocka_unit_test(a_sink_hears_of_each_field_without_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
