/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct phrase at_client = { .message = "KEX_INIT" },
                           at_server = { .is_server = true, .message = "" };

static const char *expanded(const struct phrase *phrase, const char *template,
                            const struct trace_field *fields, size_t count)
{
    static char text[128];
    const struct fact fact = { "test", fields, count };
    (void)phrase_expand(phrase, &fact, template, text, sizeof(text));
    return text;
}

#define SAYS(phrase, template, wanted, ...)                                                   \
    do {                                                                                      \
        const struct trace_field says[] = { __VA_ARGS__ };                                    \
        assert_string_equal(expanded(phrase, template, says, sizeof(says) / sizeof(says[0])), \
                            wanted);                                                          \
    } while (0)

static void fields_are_replaced(void **state)
{
    (void)state;
    SAYS(&at_client, "{a} and {b}!", "one and 2!", trace_text("a", "one"), trace_number("b", 2));
    SAYS(&at_client, "{message} share", "KEX_INIT share", trace_number("a", 1));
    SAYS(&at_client, "plain", "plain", trace_number("a", 1));
}

static void a_line_without_any_value_is_left_out(void **state)
{
    (void)state;
    char text[64];
    const struct trace_field fields[] = { trace_text("a", "x") };
    const struct fact fact = { "test", fields, 1 };
    assert_false(phrase_expand(&at_client, &fact, "with {key}", text, sizeof(text)));
    assert_true(phrase_expand(&at_client, &fact, "with {a} {key}", text, sizeof(text)));
    assert_true(phrase_expand(&at_client, &fact, "with", text, sizeof(text)));
}

static void segments_say_what_they_mean(void **state)
{
    (void)state;
    SAYS(&at_client, "{numbers}: {segment}", "seq=5: may I connect?", trace_text("flags", "SYN"),
         trace_number("seq", 5));
    SAYS(&at_client, "{numbers}: {segment}", "seq=9: yes, ack=6", trace_text("flags", "SYN-ACK"),
         trace_number("seq", 9), trace_number("ack", 6));
    SAYS(&at_client, "{numbers}: {segment}", "seq=y ack=x+1: yes", trace_text("flags", "SYN-ACK"),
         trace_number("relative", 1));
    SAYS(&at_client, "{segment}", "done, ack=6", trace_text("flags", "FIN-ACK"),
         trace_number("ack", 6));
    SAYS(&at_client, "{segment}", "no, ack=6", trace_text("flags", "RST"), trace_number("ack", 6));
}

static void the_far_ends_state_is_deduced(void **state)
{
    (void)state;
    SAYS(&at_client, "{states}", "SYN_SENT here, LISTEN at the server (deduced)",
         trace_text("client", "SYN_SENT"), trace_text("server", "LISTEN"));
    SAYS(&at_server, "{states}", "LISTEN here, SYN_SENT at the client (deduced)",
         trace_text("client", "SYN_SENT"), trace_text("server", "LISTEN"));
}

static void an_address_needs_no_looking_up(void **state)
{
    (void)state;
    SAYS(&at_client, "{found}", "here = ::1", trace_text("name", "here"),
         trace_text("address", "::1"));
    SAYS(&at_client, "{found}", "::1 is an address: nothing to look up", trace_text("name", "::1"),
         trace_text("address", "::1"));
}

static void channels_speak_plainly(void **state)
{
    (void)state;
    SAYS(&at_client, "{room}", "send nothing yet", trace_number("window", 0));
    SAYS(&at_client, "{room}", "send up to 2 MiB", trace_number("window", 2 << 20));
    SAYS(&at_client, "{room}", "send up to 3 KiB", trace_number("window", 3 << 10));
    SAYS(&at_client, "{room}", "send up to 3 B", trace_number("window", 3));
    SAYS(&at_client, "{more}", "send 2 MiB more now", trace_number("count", 2 << 20));
    SAYS(&at_client, "{more}", "send 5 B more now", trace_number("count", 5));
    SAYS(&at_client, "{wish}", "these are all my keys",
         trace_peer("name", BYTES_LITERAL("hostkeys-00@openssh.com")));
    SAYS(&at_client, "{wish}", "run this command", trace_text("name", "exec"));
    SAYS(&at_client, "{wish}", "an extension", trace_peer("name", BYTES_LITERAL("x@y")));
    SAYS(&at_client, "{granted}", "granted: oldest request", trace_number("ok", 1));
    SAYS(&at_client, "{granted}", "refused: oldest request", trace_number("ok", 0));
    SAYS(&at_client, "{end}", "exit status 0", trace_number("status", 0));
    SAYS(&at_client, "{end}", "signal TERM", trace_peer("signal", BYTES_LITERAL("TERM")));
}

static void half_of_a_login_is_not_a_refusal(void **state)
{
    (void)state;
    SAYS(&at_client, "{refusal}", "refused; these remain", trace_number("partial", 0));
    SAYS(&at_client, "{refusal}", "right, but more is asked", trace_number("partial", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_replaced),
        cmocka_unit_test(a_line_without_any_value_is_left_out),
        cmocka_unit_test(segments_say_what_they_mean),
        cmocka_unit_test(the_far_ends_state_is_deduced),
        cmocka_unit_test(an_address_needs_no_looking_up),
        cmocka_unit_test(channels_speak_plainly),
        cmocka_unit_test(half_of_a_login_is_not_a_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
