/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void lines_are_cut_into_keyword_and_arguments(void **state)
{
    static const struct {
        const char *line, *keyword, *arguments;
    } rows[] = {
        { "Port 22", "Port", "22" },
        { "Port=22", "Port", "22" },
        { " \tPort = 22 \r\n", "Port", "22" },
        { "Port\t22 33", "Port", "22 33" },
        { "Port = = 3", "Port", "= 3" },
        { "\"Port\" 3", "Port", "3" },
        { "User\"a b\"", "User", "\"a b\"" },
        { "Port", "Port", "" },
        { "Port=", "Port", "" },
        { "User a\f", "User", "a" },
        { "", "", "" },
        { "   \t", "", "" },
        { "# Port 22", "", "" },
        { "=x", "", "x" },
        { "\"", "", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes keyword;
        struct bytes arguments;
        words_split(bytes_text(rows[i].line), &keyword, &arguments);
        assert_true(bytes_is(keyword, rows[i].keyword));
        assert_true(bytes_is(arguments, rows[i].arguments));
    }
}

/* The words of the text with "|" between them; "!" for quotes that are not closed. */
static const char *words_of(const char *text, struct buf *out)
{
    scoped(buf) word = BUF_EMPTY(1000);
    struct bytes rest = bytes_text(text);
    enum words_result result;
    buf_clear(out);
    while ((result = words_next(&rest, &word)) == WORDS_WORD) {
        assert_int_equal(buf_append(out, buf_bytes(&word)), OK);
        assert_int_equal(buf_append_text(out, "|"), OK);
    }
    if (result == WORDS_BAD_QUOTES)
        assert_int_equal(buf_append_text(out, "!"), OK);
    return buf_text(out);
}

static void words_are_cut_at_blanks_and_unquoted(void **state)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "a b\tc", "a|b|c|" },
        { "\"a b\" c", "a b|c|" },
        { "'a b' c", "a b|c|" },
        { "a\"b c\"d", "ab cd|" },
        { "a\\ b", "a b|" },
        { "\"a\\ b\"", "a\\ b|" },
        { "a\\\"b", "a\"b|" },
        { "\"a\\\\b\"", "a\\b|" },
        { "'a\\'b'", "a'b|" },
        { "a\\tb", "a\\tb|" },
        { "a\\", "a\\|" },
        { "\"\" x", "|x|" },
        { "a # b", "a|" },
        { "a#b", "a#b|" },
        { "\"#\" b", "#|b|" },
        { "a \"b", "a|!" },
        { "it's", "!" },
        { "\"a'", "!" },
    };
    scoped(buf) out = BUF_EMPTY(1000);
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(words_of(rows[i][0], &out), rows[i][1]);
}

static void what_is_quoted_comes_back(void **state)
{
    static const char *const rows[] = { "", "a", "a b", "\"", "\\", "'", "a\\ \"b'", "#x", "\\\"" };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        scoped(buf) quoted = BUF_EMPTY(100);
        scoped(buf) word = BUF_EMPTY(100);
        assert_int_equal(words_quote(bytes_text(rows[i]), &quoted), OK);
        struct bytes rest = buf_bytes(&quoted);
        assert_int_equal(words_next(&rest, &word), WORDS_WORD);
        assert_true(bytes_is(buf_bytes(&word), rows[i]));
        assert_int_equal(words_next(&rest, &word), WORDS_END);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_cut_into_keyword_and_arguments),
        cmocka_unit_test(words_are_cut_at_blanks_and_unquoted),
        cmocka_unit_test(what_is_quoted_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
