/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/writer.h"

#include "base/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static enum err write_all(struct buf *out)
{
    struct writer w = writer_to(out);
    writer_u8(&w, 7);
    writer_bool(&w, true);
    writer_octets(&w, BYTES_LITERAL("\xab\xcd"));
    writer_u32(&w, 0x01020304);
    writer_u64(&w, 0x0102030405060708);
    writer_string(&w, bytes_of("a\0b", 3));
    writer_text(&w, "text");
    writer_mpint(&w, bytes_of("\x80", 1));
    size_t mark = writer_open_string(&w);
    writer_text(&w, "inner");
    size_t inner = writer_open_string(&w);
    writer_close_string(&w, inner);
    writer_close_string(&w, mark);
    writer_octets(&w, BYTES_LITERAL("end"));
    return writer_end(&w);
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(100);
    assert_int_equal(write_all(&out), OK);

    struct reader r = reader_over(buf_bytes(&out), NULL);
    assert_int_equal(reader_u8(&r, "u8"), 7);
    assert_int_equal(reader_u8(&r, "flag"), 1);
    assert_int_equal(reader_u16(&r, "u16"), 0xabcd);
    assert_int_equal(reader_u32(&r, "u32"), 0x01020304);
    assert_int_equal(reader_u64(&r, "u64"), 0x0102030405060708);
    assert_true(bytes_equal(reader_string(&r, "string"), bytes_of("a\0b", 3)));
    assert_true(bytes_is(reader_string(&r, "text"), "text"));
    assert_true(bytes_is(reader_mpint(&r, "mpint"), "\x80"));
    struct reader nested = reader_over(reader_string(&r, "nested"), NULL);
    assert_true(bytes_is(reader_rest(&r, "rest"), "end"));
    assert_int_equal(reader_end(&r), OK);
    assert_true(bytes_is(reader_string(&nested, "inner"), "inner"));
    assert_true(bytes_is(reader_string(&nested, "empty"), ""));
    assert_int_equal(reader_end(&nested), OK);
}

static void under_every_smaller_limit_nothing_is_written(void **state)
{
    (void)state;
    scoped(buf) whole = BUF_EMPTY(100);
    assert_int_equal(write_all(&whole), OK);
    for (size_t limit = 0; limit < buf_len(&whole); limit++) {
        scoped(buf) out = BUF_EMPTY(limit + 4);
        assert_int_equal(buf_append_text(&out, "kept"), OK);
        assert_int_equal(write_all(&out), ERR_NO_SPACE);
        assert_string_equal(buf_text(&out), "kept");
    }
    scoped(buf) out = BUF_EMPTY(buf_len(&whole) + 4);
    assert_int_equal(buf_append_text(&out, "kept"), OK);
    assert_int_equal(write_all(&out), OK);
    buf_consume(&out, 4);
    assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&whole)));
}

static void a_full_writer_stays_so(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(3);
    struct writer w = writer_to(&out);
    writer_u32(&w, 1);
    writer_u8(&w, 1); /* would fit */
    assert_int_equal(writer_end(&w), ERR_NO_SPACE);
    assert_int_equal(buf_len(&out), 0);
}

static void an_mpint_takes_its_shortest_form(void **state)
{
    (void)state;
    static const struct {
        struct bytes magnitude;
        struct bytes written;
    } forms[] = {
        { BYTES_NONE, BYTES_LITERAL("\0\0\0\0") },
        { BYTES_LITERAL("\0"), BYTES_LITERAL("\0\0\0\0") },
        { BYTES_LITERAL("\0\0\0"), BYTES_LITERAL("\0\0\0\0") },
        { BYTES_LITERAL("\x01"), BYTES_LITERAL("\0\0\0\x01\x01") },
        { BYTES_LITERAL("\x7f"), BYTES_LITERAL("\0\0\0\x01\x7f") },
        { BYTES_LITERAL("\x80"), BYTES_LITERAL("\0\0\0\x02\0\x80") },
        { BYTES_LITERAL("\0\x80"), BYTES_LITERAL("\0\0\0\x02\0\x80") },
        { BYTES_LITERAL("\0\0\x7f\0"), BYTES_LITERAL("\0\0\0\x02\x7f\0") },
        { BYTES_LITERAL("\xff\xff"), BYTES_LITERAL("\0\0\0\x03\0\xff\xff") },
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        scoped(buf) out = BUF_EMPTY(100);
        struct writer w = writer_to(&out);
        writer_mpint(&w, forms[i].magnitude);
        assert_int_equal(writer_end(&w), OK);
        assert_true(bytes_equal(buf_bytes(&out), forms[i].written));
    }
}

static void a_string_keeps_its_length_when_the_memory_moves(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(4000);
    assert_int_equal(buf_append_text(&out, "consumed later"), OK);
    buf_consume(&out, 9);
    struct writer w = writer_to(&out);
    size_t mark = writer_open_string(&w);
    for (size_t i = 0; i < 3000; i++)
        writer_u8(&w, 'x');
    writer_close_string(&w, mark);
    assert_int_equal(writer_end(&w), OK);

    struct reader r = reader_over(buf_bytes(&out), NULL);
    assert_true(bytes_is(reader_octets(&r, "before", 5), "later"));
    assert_int_equal(reader_string(&r, "string").len, 3000);
    assert_int_equal(reader_end(&r), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(under_every_smaller_limit_nothing_is_written),
        cmocka_unit_test(a_full_writer_stays_so),
        cmocka_unit_test(an_mpint_takes_its_shortest_form),
        cmocka_unit_test(a_string_keeps_its_length_when_the_memory_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
