/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/ladder.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct stage {
    struct instant now;
    struct buf text;
    struct ladder *ladder;
    const struct trace *trace;
};

static void write_text(void *context, struct bytes text)
{
    struct stage *s = context;
    assert_int_equal(buf_append(&s->text, text), OK);
}

static struct instant read_clock(void *context)
{
    struct stage *s = context;
    return s->now;
}

static void set_up(struct stage *s, enum ladder_form form, bool is_short)
{
    *s = (struct stage){ .text = BUF_EMPTY(1 << 20) };
    const struct ladder_setup setup = {
        .form = form, .is_short = is_short, .write = write_text, .now = read_clock, .context = s
    };
    s->ladder = ladder_new(&setup);
    s->trace = ladder_trace(s->ladder);
}

static void tear_down(struct stage *s)
{
    ladder_free(s->ladder);
    buf_wipe(&s->text);
}

static void tell(struct stage *s, const char *name, const struct trace_field *fields, size_t count)
{
    const struct trace_event event = { name, "" };
    s->now.us += 100;
    s->trace->observe(s->trace->context, &event, fields, count);
}

#define TELL(s, name, ...)                                                            \
    do {                                                                              \
        const struct trace_field tell_fields[] = { __VA_ARGS__ };                     \
        tell((s), (name), tell_fields, sizeof(tell_fields) / sizeof(tell_fields[0])); \
    } while (0)

static void packet(struct stage *s, bool out, const char *name, size_t wire_len, bool sealed)
{
    TELL(s, "ssh.message", trace_number("out", out), trace_text("name", name),
         trace_number("wire_len", wire_len), trace_number("sealed", sealed));
}

static void a_small_login(struct stage *s)
{
    ladder_name_ends(s->ladder, "you 10.0.0.5:51846", "git.example.org 192.0.2.10:22");
    TELL(s, "tcp.segment", trace_number("out", 1), trace_text("flags", "SYN"),
         trace_number("relative", 1));
    TELL(s, "tcp.segment", trace_number("out", 0), trace_text("flags", "SYN-ACK"),
         trace_number("relative", 1));
    TELL(s, "ssh.ident.sent", trace_text("line", "SSH-2.0-glassh_0.1"));
    TELL(s, "ssh.ident.received", trace_peer("line", BYTES_LITERAL("SSH-2.0-X\033[2J")));
    packet(s, false, "KEXINIT", 1080, false);
    TELL(s, "ssh.kexinit", trace_number("out", 0));
    packet(s, true, "NEWKEYS", 16, false);
    TELL(s, "ssh.newkeys", trace_number("out", 1));
    packet(s, true, "USERAUTH_REQUEST", 64, true);
    TELL(s, "ssh.auth.try", trace_number("out", 1), trace_text("method", "publickey"),
         trace_text("user", "alice"), trace_text("detail", "signed"),
         trace_text("fingerprint", "SHA256:abc"),
         trace_secret("password", BYTES_LITERAL("hunter2")));
    packet(s, false, "USERAUTH_SUCCESS", 36, true);
    TELL(s, "ssh.auth.success", trace_number("out", 0));
    ladder_finish(s->ladder);
}

static void the_rows_are_exactly_these(void **state)
{
    (void)state;
    static const char expected[] =
        "     ms  you 10.0.0.5:51846             git.example.org 192.0.2.10:22\n"
        "2 OPEN A TCP CONNECTION (three-way handshake) ----------------------------------\n"
        "    0.1 |-- SYN seq=x ---------------------->|         may I connect?\n"
        "    0.2 |<-- SYN-ACK seq=y ack=x+1 ----------|         yes\n"
        "3 SAY HELLO (plain text) -------------------------------------------------------\n"
        "    0.3 |-- SSH-2.0-glassh_0.1 ------------->|    20 B our name and version\n"
        "    0.4 |<-- SSH-2.0-X\\x1b[2J ---------------|    15 B their name and version\n"
        "4 AGREE ON ALGORITHMS AND MAKE A SHARED SECRET ---------------------------------\n"
        "    0.6 |<-- KEXINIT   wish list ------------|  1080 B what the server can do\n"
        "    0.8 |-- NEWKEYS ------------------------>|    16 B encrypted from here on\n"
        "5 PROVE WHO YOU ARE (encrypted) ------------------------------------------------\n"
        "    1.0 !-- USERAUTH  publickey signed ----->!    64 B I am \"alice\"\n"
        "        . with the key SHA256:abc\n"
        "    1.2 !<-- SUCCESS ------------------------!    36 B you are logged in\n"
        "--------------------------------------------------------------------------------\n";
    struct stage s;
    set_up(&s, LADDER_ASCII, false);
    a_small_login(&s);
    const char *text = buf_text(&s.text);
    assert_true(strncmp(text, expected, strlen(expected)) == 0);
    tear_down(&s);
}

static const char *line_with(struct stage *s, const char *part)
{
    const char *found = strstr(buf_text(&s->text), part);
    if (!found)
        fail_msg("\"%s\" is not in:\n%s", part, buf_text(&s->text));
    return found;
}

static void what_a_row_cuts_is_below_it_in_full(void **state)
{
    (void)state;
    struct stage s;
    set_up(&s, LADDER_ASCII, false);
    TELL(&s, "ssh.ident.received",
         trace_peer("line", BYTES_LITERAL("SSH-2.0-a_name_of_33_octets_at_all")));
    (void)line_with(&s, "|<-- SSH-2.0-a_name_of_33_octets_a~ -|    36 B their name");
    (void)line_with(&s, "        . in full: SSH-2.0-a_name_of_33_octets_at_all\n");
    tear_down(&s);
}

static void the_source_of_trust_is_never_cut(void **state)
{
    (void)state;
    struct stage s;
    set_up(&s, LADDER_ASCII, false);
    TELL(&s, "ssh.hostkey.trust", trace_text("verdict", "known"),
         trace_text("source",
                    "/home/somebody/of/a/long/name/with/folders/within/.ssh/known_hosts:123"));
    (void)line_with(&s, "trust in that key: known (/home/somebody/of/a/long/name/with/folders/\n"
                        "          within/.ssh/known_hosts:123)\n");
    tear_down(&s);
}

/* Segments are told when the connection stands, with the time at which they passed. */
static void a_row_has_the_time_of_what_it_tells(void **state)
{
    (void)state;
    struct stage s;
    set_up(&s, LADDER_ASCII, false);
    s.now.us += 20000;
    TELL(&s, "tcp.segment", trace_number("out", 1), trace_text("flags", "SYN"),
         trace_number("seq", 5), trace_number("age_us", 19000));
    (void)line_with(&s, "    1.1 |-- SYN seq=5 --");
    tear_down(&s);
}

static void long_names_of_the_ends_have_a_line_each(void **state)
{
    (void)state;
    struct stage s;
    set_up(&s, LADDER_ASCII, false);
    ladder_name_ends(s.ladder, "you [2001:db8:1111:2222:3333:4444:5555:6666]:51846",
                     "[2001:db8::1]:22");
    (void)line_with(&s, "     ms  you [2001:db8:1111:2222:3333:4444:5555:6666]:51846\n"
                        "         [2001:db8::1]:22\n");
    tear_down(&s);
}

static void a_message_without_a_row_is_counted_before_the_next_one(void **state)
{
    (void)state;
    static const char expected[] =
        "6 OPEN A SESSION (encrypted) "
        "---------------------------------------------------\n"
        "    0.2 !<-- DATA ---------------------------!    68 B the first 7 octets\n"
        "        . 3 more messages: 2 CHANNEL_DATA from the server,\n"
        "          1 IGNORE from the client\n"
        "    0.7 !<-- EOF ----------------------------!    36 B no more data from here\n"
        "        . 1 more message: 1 UNIMPLEMENTED from the server\n"
        "-----------";
    struct stage s;
    set_up(&s, LADDER_ASCII, false);
    packet(&s, false, "CHANNEL_DATA", 68, true);
    TELL(&s, "ssh.channel.data", trace_number("first", 1), trace_number("len", 7));
    packet(&s, false, "CHANNEL_DATA", 68, true);
    packet(&s, true, "IGNORE", 68, true);
    packet(&s, false, "CHANNEL_DATA", 68, true);
    TELL(&s, "ssh.channel.data", trace_number("first", 0), trace_number("len", 7));
    s.now.us -= 100;
    packet(&s, false, "CHANNEL_EOF", 36, true);
    TELL(&s, "ssh.channel.eof", trace_number("out", 0));
    packet(&s, false, "UNIMPLEMENTED", 36, true);
    ladder_finish(s.ladder);
    (void)line_with(&s, expected);
    tear_down(&s);
}

static size_t cells(const char *line, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += (line[i] & 0xc0) != 0x80;
    return count;
}

static void no_line_is_wider_than_80_columns(void **state)
{
    (void)state;
    char wide[3000];
    memset(wide, 'w', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = 0;
    for (enum ladder_form form = LADDER_UNICODE; form <= LADDER_ASCII; form++) {
        struct stage s;
        set_up(&s, form, false);
        ladder_name_ends(s.ladder, wide, wide);
        TELL(&s, "ssh.ident.received", trace_peer("line", bytes_text(wide)));
        TELL(&s, "ssh.chosen", trace_text("kex", wide), trace_text("host_key", wide));
        packet(&s, false, "IGNORE", 100, false);
        packet(&s, true, "CHANNEL_EXTENDED_DATA", 100, false);
        packet(&s, false, "CHANNEL_EXTENDED_DATA", 100, false);
        packet(&s, false, "DISCONNECT", 100, false);
        TELL(&s, "ssh.disconnect", trace_peer("text", bytes_text(wide)));
        TELL(&s, "ssh.failed", trace_text("detail", wide));
        TELL(&s, "ssh.auth.success", trace_number("out", 0));
        s.now.us += 3600000000;
        ladder_finish(s.ladder);
        struct bytes rest = buf_bytes(&s.text);
        while (rest.len) {
            struct bytes line = bytes_cut(&rest, '\n');
            assert_true(cells((const char *)line.data, line.len) <= 80);
        }
        tear_down(&s);
    }
}

static void nothing_of_the_peer_or_secret_reaches_the_terminal(void **state)
{
    (void)state;
    struct stage s;
    set_up(&s, LADDER_UNICODE, false);
    a_small_login(&s);
    const char *text = buf_text(&s.text);
    assert_null(strchr(text, '\033'));
    assert_null(strstr(text, "hunter2"));
    tear_down(&s);
}

static void the_short_form_has_no_rows(void **state)
{
    (void)state;
    struct stage s;
    set_up(&s, LADDER_ASCII, true);
    packet(&s, false, "IGNORE", 100, false);
    a_small_login(&s);
    assert_null(strstr(buf_text(&s.text), "KEXINIT"));
    assert_null(strstr(buf_text(&s.text), "more message"));
    assert_non_null(strstr(buf_text(&s.text), "5 PROVE WHO YOU ARE"));
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rows_are_exactly_these),
        cmocka_unit_test(what_a_row_cuts_is_below_it_in_full),
        cmocka_unit_test(the_source_of_trust_is_never_cut),
        cmocka_unit_test(a_row_has_the_time_of_what_it_tells),
        cmocka_unit_test(long_names_of_the_ends_have_a_line_each),
        cmocka_unit_test(a_message_without_a_row_is_counted_before_the_next_one),
        cmocka_unit_test(no_line_is_wider_than_80_columns),
        cmocka_unit_test(nothing_of_the_peer_or_secret_reaches_the_terminal),
        cmocka_unit_test(the_short_form_has_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
