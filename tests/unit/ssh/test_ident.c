/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/events.h"
#include "ssh/transport/ident.h"

#include <stdio.h>

/* What came of feeding a whole stream to a fresh machine. */
struct outcome {
    enum err err;
    size_t used;
    size_t banners;
    char last_banner[IDENT_BANNER_LEN_MAX + 1];
    char peer[IDENT_LEN_MAX + 1];
    char output[512];
    char failure[256];
    bool is_done;
};

static void drain(struct ident *m, struct outcome *outcome)
{
    struct ident_event event;
    while (ident_next(m, &event)) {
        if (event.kind != IDENT_EVENT_BANNER)
            continue;
        outcome->banners++;
        (void)bytes_to_text(event.line, outcome->last_banner, sizeof(outcome->last_banner));
    }
}

/* Feeds in chunks of `chunk` octets. */
static struct outcome outcome_of(enum role role, struct bytes in, size_t chunk)
{
    struct ident m;
    struct outcome outcome = { OK, 0, 0, "", "", "", "", false };
    ident_init(&m, role, "test_1", NULL);
    while (outcome.err == OK && outcome.used < in.len && !ident_is_done(&m)) {
        size_t used;
        outcome.err = ident_feed(&m, bytes_slice(in, outcome.used, chunk), &used);
        outcome.used += used;
        drain(&m, &outcome);
    }
    outcome.is_done = ident_is_done(&m);
    assert_true(bytes_to_text(ident_output(&m), outcome.output, sizeof(outcome.output)));
    assert_true(bytes_to_text(ident_peer(&m), outcome.peer, sizeof(outcome.peer)));
    (void)snprintf(outcome.failure, sizeof(outcome.failure), "%s", ident_failure(&m));
    return outcome;
}

static struct outcome whole(enum role role, struct bytes in)
{
    return outcome_of(role, in, in.len + 1);
}

static void our_line_is_there_from_the_start(void **state)
{
    (void)state;
    struct ident m;
    ident_init(&m, ROLE_SERVER, "test_1 comment", NULL);
    assert_true(bytes_is(ident_output(&m), "SSH-2.0-test_1 comment\r\n"));
    assert_true(bytes_is(ident_ours(&m), "SSH-2.0-test_1 comment"));
    ident_sent(&m, 4);
    assert_true(bytes_is(ident_output(&m), "2.0-test_1 comment\r\n"));
    assert_int_equal(ident_peer(&m).len, 0);
}

static void a_line_is_accepted_with_its_octets_only(void **state)
{
    (void)state;
    const struct {
        struct bytes in;
        const char *peer;
        size_t used;
    } cases[] = {
        { B("SSH-2.0-OpenSSH_10.5\r\nrest"), "SSH-2.0-OpenSSH_10.5", 22 },
        { B("SSH-2.0-x y z\nrest"), "SSH-2.0-x y z", 14 },
        { B("SSH-1.99-Cisco-1.25\n"), "SSH-1.99-Cisco-1.25", 20 },
        { B("SSH-2.0-\x7e\r\n"), "SSH-2.0-~", 11 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct outcome outcome = whole(role, cases[i].in);
            assert_int_equal(outcome.err, OK);
            assert_true(outcome.is_done);
            assert_string_equal(outcome.peer, cases[i].peer);
            assert_int_equal(outcome.used, cases[i].used);
        }
    }
}

static void other_versions_are_refused_and_a_server_says_so(void **state)
{
    (void)state;
    const struct bytes lines[] = { B("SSH-1.5-x\r\n"), B("SSH-2.1-x\r\n"), B("SSH-2.0-\r\n"),
                                   B("SSH-1.99-\r\n"), B("SSH-\r\n"),      B("SSH-2.0x\r\n") };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct outcome server = whole(ROLE_SERVER, lines[i]);
        assert_int_equal(server.err, ERR_BAD_VERSION);
        assert_string_equal(server.output, "SSH-2.0-test_1\r\nProtocol mismatch.\r\n");
        struct outcome client = whole(ROLE_CLIENT, lines[i]);
        assert_int_equal(client.err, ERR_BAD_VERSION);
        assert_string_equal(client.output, "SSH-2.0-test_1\r\n");
        assert_true(strlen(client.failure) > 0);
    }
}

static void octets_that_are_no_text_are_refused(void **state)
{
    (void)state;
    const struct bytes lines[] = { B("SSH-2.0-a\0b\r\n"),   B("SSH-2.0-a\tb\r\n"),
                                   B("SSH-2.0-a\rb\r\n"),   B("SSH-2.0-a\x7f\r\n"),
                                   B("SSH-2.0-\xc3\xa9\n"), B("SSH-2.0-a\r\r\n") };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct outcome outcome = whole(role, lines[i]);
            assert_int_equal(outcome.err, ERR_BAD_VALUE);
            assert_string_equal(outcome.output, "SSH-2.0-test_1\r\n");
        }
    }
}

static void an_identification_has_255_octets_at_most(void **state)
{
    (void)state;
    char line[IDENT_LEN_MAX + 1];
    memset(line, 'x', sizeof(line));
    memcpy(line, "SSH-2.0-", 8);
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        memcpy(line + IDENT_LEN_MAX - 2, "\r\n", 2);
        assert_int_equal(whole(role, bytes_of(line, IDENT_LEN_MAX)).err, OK);
        memcpy(line + IDENT_LEN_MAX - 2, "xx\n", 3);
        assert_int_equal(whole(role, bytes_of(line, IDENT_LEN_MAX + 1)).err, ERR_TOO_LONG);
    }
}

static void a_client_takes_lines_for_people_first(void **state)
{
    (void)state;
    struct bytes in = B("Welcome\x1b[2J\r\n\r\ncaf\xc3\xa9\nSSH-2.0-s\r\nrest");
    struct outcome outcome = whole(ROLE_CLIENT, in);
    assert_int_equal(outcome.err, OK);
    assert_int_equal(outcome.banners, 3);
    assert_string_equal(outcome.last_banner, "caf\xc3\xa9");
    assert_string_equal(outcome.peer, "SSH-2.0-s");
    assert_int_equal(outcome.used, in.len - 4);
}

static void a_client_may_not_send_lines_for_people(void **state)
{
    (void)state;
    struct outcome outcome = whole(ROLE_SERVER, B("hello\r\nSSH-2.0-c\r\n"));
    assert_int_equal(outcome.err, ERR_BAD_VERSION);
    assert_int_equal(outcome.banners, 0);
    assert_string_equal(outcome.output, "SSH-2.0-test_1\r\nProtocol mismatch.\r\n");
}

/* So many lines of so many octets each, then an identification. */
static enum err fate_of_lines(size_t count, size_t len)
{
    scoped(buf) in = BUF_EMPTY(CODEC_BUF_MAX * 4);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j + 1 < len; j++)
            assert_int_equal(buf_append_text(&in, "b"), OK);
        assert_int_equal(buf_append_text(&in, "\n"), OK);
    }
    assert_int_equal(buf_append_text(&in, "SSH-2.0-s\r\n"), OK);
    return whole(ROLE_CLIENT, buf_bytes(&in)).err;
}

static void lines_for_people_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(fate_of_lines(1024, 1), OK);
    assert_int_equal(fate_of_lines(1025, 1), ERR_TOO_LONG);
    assert_int_equal(fate_of_lines(1, 1024), OK);
    assert_int_equal(fate_of_lines(1, 1025), ERR_TOO_LONG);
    assert_int_equal(fate_of_lines(64, 1024), OK);
    assert_int_equal(fate_of_lines(65, 1024), ERR_TOO_LONG);
}

static void the_cut_into_chunks_does_not_matter(void **state)
{
    (void)state;
    const struct bytes streams[] = { B("one\r\ntwo\nSSH-2.0-s c\r\nrest"), B("SSH-1.5-x\r\nmore"),
                                     B("a\0b\nSSH-2.0-s\n") };
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
            struct outcome expected = whole(role, streams[i]);
            for (size_t chunk = 1; chunk < streams[i].len; chunk++) {
                struct outcome outcome = outcome_of(role, streams[i], chunk);
                assert_int_equal(outcome.err, expected.err);
                assert_int_equal(outcome.used, expected.used);
                assert_int_equal(outcome.banners, expected.banners);
                assert_string_equal(outcome.peer, expected.peer);
                assert_string_equal(outcome.output, expected.output);
                assert_string_equal(outcome.failure, expected.failure);
            }
        }
    }
}

static void an_event_must_be_collected_first(void **state)
{
    (void)state;
    struct ident m;
    struct ident_event event;
    size_t used;
    ident_init(&m, ROLE_CLIENT, "test_1", NULL);
    struct bytes in = B("one\nSSH-2.0-s\n");
    assert_int_equal(ident_feed(&m, in, &used), OK);
    assert_int_equal(used, 4);
    assert_int_equal(ident_feed(&m, bytes_skip(in, 4), &used), OK);
    assert_int_equal(used, 0);
    assert_true(ident_next(&m, &event));
    assert_true(bytes_is(event.line, "one"));
    assert_false(ident_next(&m, &event));
    assert_int_equal(ident_feed(&m, bytes_skip(in, 4), &used), OK);
    assert_true(ident_next(&m, &event));
    assert_int_equal(event.kind, IDENT_EVENT_DONE);
    assert_true(bytes_is(event.line, "SSH-2.0-s"));
}

static void nothing_is_taken_behind_the_end(void **state)
{
    (void)state;
    struct ident m;
    size_t used;
    ident_init(&m, ROLE_SERVER, "test_1", NULL);
    assert_int_equal(ident_feed(&m, B("SSH-2.0-c\n"), &used), OK);
    assert_int_equal(ident_feed(&m, B("SSH-2.0-d\n"), &used), OK);
    assert_int_equal(used, 0);
    ident_init(&m, ROLE_SERVER, "test_1", NULL);
    assert_int_equal(ident_feed(&m, B("x\n"), &used), ERR_BAD_VERSION);
    assert_int_equal(ident_feed(&m, B("SSH-2.0-d\n"), &used), ERR_BAD_STATE);
}

static void what_else_may_answer_is_recognised(void **state)
{
    (void)state;
    const struct {
        struct bytes first;
        const char *says;
    } cases[] = {
        { B("HTTP/1.1 400 Bad Request\r\n"), "HTTP" },
        { B("GET / HTTP/1.1\r\n"), "HTTP" },
        { B("\x15\x03\x01\0\2\2\x46"), "TLS" },
        { B("\x16\x03\x01\2\0\1"), "TLS" },
        { B("220 mail ESMTP\r\n"), "SMTP" },
        { B("SSH-1.5-old\n"), "version 1" },
        { B("Not allowed at this time\r\n"), "refuses" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_non_null(ident_diagnose(cases[i].first));
        assert_non_null(strstr(ident_diagnose(cases[i].first), cases[i].says));
    }
    assert_null(ident_diagnose(B("SSH-2.0-x\r\n")));
    assert_null(ident_diagnose(B("SSH-1.99-x\r\n")));
    assert_null(ident_diagnose(BYTES_NONE));
}

static void a_failure_tells_what_the_peer_seems_to_be(void **state)
{
    (void)state;
    struct outcome http = whole(ROLE_CLIENT, B("HTTP/1.1 400 Bad Request\r\n"));
    assert_int_equal(http.err, ERR_BAD_VERSION);
    assert_non_null(strstr(http.failure, "HTTP"));
    struct outcome tls = whole(ROLE_SERVER, B("\x16\x03\x01\2\0\1\0"));
    assert_int_equal(tls.err, ERR_BAD_VALUE);
    assert_non_null(strstr(tls.failure, "TLS"));
    struct outcome mail = whole(ROLE_CLIENT, B("220 mail ESMTP\r\n"));
    assert_int_equal(mail.err, OK);
    assert_non_null(strstr(mail.failure, "SMTP"));
    assert_string_equal(whole(ROLE_CLIENT, B("hello\r\n")).failure, "");
}

struct seen {
    size_t count;
    const struct trace_event *events[4];
};

static void note(void *context, const struct trace_event *event, const struct trace_field *fields,
                 size_t field_count)
{
    struct seen *seen = context;
    assert_non_null(trace_find(fields, field_count, "line"));
    assert_true(seen->count < 4);
    seen->events[seen->count++] = event;
}

static void each_line_is_a_fact(void **state)
{
    (void)state;
    struct ident m;
    struct seen seen = { .count = 0 };
    const struct trace trace = { note, &seen };
    struct ident_event event;
    size_t used;
    ident_init(&m, ROLE_CLIENT, "test_1", &trace);
    assert_int_equal(ident_feed(&m, B("hi\n"), &used), OK);
    assert_true(ident_next(&m, &event));
    assert_int_equal(ident_feed(&m, B("SSH-2.0-s\n"), &used), OK);
    assert_int_equal(seen.count, 3);
    assert_ptr_equal(seen.events[0], &events_IDENT_SENT);
    assert_ptr_equal(seen.events[1], &events_IDENT_BANNER);
    assert_ptr_equal(seen.events[2], &events_IDENT_RECEIVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_line_is_there_from_the_start),
        cmocka_unit_test(a_line_is_accepted_with_its_octets_only),
        cmocka_unit_test(other_versions_are_refused_and_a_server_says_so),
        cmocka_unit_test(octets_that_are_no_text_are_refused),
        cmocka_unit_test(an_identification_has_255_octets_at_most),
        cmocka_unit_test(a_client_takes_lines_for_people_first),
        cmocka_unit_test(a_client_may_not_send_lines_for_people),
        cmocka_unit_test(lines_for_people_are_bounded),
        cmocka_unit_test(the_cut_into_chunks_does_not_matter),
        cmocka_unit_test(an_event_must_be_collected_first),
        cmocka_unit_test(nothing_is_taken_behind_the_end),
        cmocka_unit_test(what_else_may_answer_is_recognised),
        cmocka_unit_test(a_failure_tells_what_the_peer_seems_to_be),
        cmocka_unit_test(each_line_is_a_fact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
