/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void text_of_anybody_is_no_markup(void **unused)
{
    (void)unused;
    scoped(buf) out = BUF_EMPTY(65536);
    struct html h = { &out, OK };
    html_element(&h, "p", "why", "<script>alert(\"1\" & '2')</script>");
    assert_int_equal(h.err, OK);
    assert_string_equal(buf_text(&out), "<p class=\"why\">&lt;script&gt;alert(&quot;1&quot; &amp; "
                                        "&#39;2&#39;)&lt;/script&gt;</p>");
}

static void control_characters_and_invalid_utf_8_become_harmless(void **unused)
{
    (void)unused;
    scoped(buf) out = BUF_EMPTY(65536);
    struct html h = { &out, OK };
    html_text(&h, "a\033[31m\n\xff\xe2\x80\xae b");
    assert_int_equal(h.err, OK);
    for (const char *at = buf_text(&out); *at; at++)
        assert_true((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f);
}

static void a_page_is_whole_and_needs_nothing_else(void **unused)
{
    (void)unused;
    scoped(buf) out = BUF_EMPTY(65536);
    struct html h = html_begin(&out, "A <title>", ".own{color:var(--ink)}\n");
    html_mark(&h, "<p>%d</p>\n", 7);
    assert_int_equal(html_end(&h), OK);
    const char *page = buf_text(&out);
    assert_int_equal(strncmp(page, "<!DOCTYPE html>\n<html lang=\"en\">", 32), 0);
    assert_non_null(strstr(page, "<title>A &lt;title&gt;</title>"));
    assert_non_null(strstr(page, ".own{color:var(--ink)}"));
    assert_non_null(strstr(page, "prefers-color-scheme:dark"));
    assert_non_null(strstr(page, "default-src 'none'"));
    assert_non_null(strstr(page, "<main>\n<p>7</p>\n</main>\n</body>\n</html>\n"));
    assert_null(strstr(page, "http:"));
    assert_null(strstr(page, "https:"));
    assert_null(strstr(page, "<script"));
}

static void what_does_not_fit_is_an_error_that_stays(void **unused)
{
    (void)unused;
    scoped(buf) out = BUF_EMPTY(100);
    struct html h = html_begin(&out, "title", "");
    html_mark(&h, "x");
    assert_int_equal(html_end(&h), ERR_NO_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_anybody_is_no_markup),
        cmocka_unit_test(control_characters_and_invalid_utf_8_become_harmless),
        cmocka_unit_test(a_page_is_whole_and_needs_nothing_else),
        cmocka_unit_test(what_does_not_fit_is_an_error_that_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
