/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/channel/channel_request.h"

/* The name does not travel in what this codec writes: the tests keep it here. */
static struct bytes wire_name;

static enum err decode(struct bytes specific, const struct field_sink *sink,
                       struct channel_request *out)
{
    return channel_request_decode(wire_name, true, specific, sink, out);
}

static void round_trip(struct channel_request request)
{
    struct channel_request out;
    wire_name = bytes_text(channel_request_name(request.kind));
    scoped(buf) first = BUF_EMPTY(CODEC_BUF_MAX);
    scoped(buf) again = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(channel_request_encode(&first, &request), OK);
    struct bytes whole = buf_bytes(&first);
    struct codec_cover cover = { 0, 0 };
    struct field_sink sink = { codec_field, &cover };
    assert_int_equal(decode(whole, &sink, &out), OK);
    assert_int_equal(cover.at, whole.len);
    assert_int_equal(out.kind, request.kind);
    assert_true(out.want_reply);
    assert_int_equal(channel_request_encode(&again, &out), OK);
    assert_true(bytes_equal(whole, buf_bytes(&again)));

    for (size_t len = 0; len < whole.len; len++) {
        struct bytes cut = codec_copy(whole, len, 0);
        assert_int_equal(decode(cut, NULL, &out), ERR_TRUNCATED);
        codec_free(cut);
    }
    bool is_open = request.kind == CHANNEL_REQUEST_KEEPALIVE;
    struct bytes more = codec_copy(whole, whole.len + 1, 0);
    assert_int_equal(decode(more, NULL, &out), is_open ? OK : ERR_TRAILING);
    codec_free(more);
}

static void every_kind_survives_the_wire(void **state)
{
    (void)state;
    struct channel_request request = {
        .term = B("xterm-256color"),
        .columns = 80,
        .rows = 24,
        .width = 640,
        .height = 480,
        .modes = B("\1\0\0\0\3\0"),
        .variable = B("LANG"),
        .text = B("text"),
        .message = B("why"),
        .core_dumped = true,
        .status = 3,
    };
    for (request.kind = 0; request.kind < CHANNEL_REQUEST_OTHER; request.kind++)
        round_trip(request);
}

static void fields_come_back_in_their_places(void **state)
{
    (void)state;
    struct channel_request out;
    wire_name = B("pty-req");
    assert_int_equal(decode(B("\0\0\0\2vt\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\1\0"), NULL, &out),
                     OK);
    assert_true(bytes_is(out.term, "vt"));
    assert_int_equal(out.columns, 1);
    assert_int_equal(out.rows, 2);
    assert_int_equal(out.width, 3);
    assert_int_equal(out.height, 4);
    assert_int_equal(out.modes.len, 1);
    wire_name = B("exit-signal");
    assert_int_equal(decode(B("\0\0\0\4TERM\1\0\0\0\2hi\0\0\0\0"), NULL, &out), OK);
    assert_true(bytes_is(out.text, "TERM"));
    assert_true(out.core_dumped);
    assert_true(bytes_is(out.message, "hi"));
}

static void an_unknown_name_is_other_whatever_follows(void **state)
{
    (void)state;
    struct channel_request out;
    wire_name = B("x11-req");
    assert_int_equal(decode(B("\1\2\3"), NULL, &out), OK);
    assert_int_equal(out.kind, CHANNEL_REQUEST_OTHER);
    assert_true(bytes_is(out.name, "x11-req"));
}

static void a_nul_cannot_be_used_but_is_well_formed(void **state)
{
    (void)state;
    struct channel_request out;
    wire_name = B("exec");
    assert_int_equal(decode(B("\0\0\0\3a\0b"), NULL, &out), ERR_BAD_VALUE);
    wire_name = B("env");
    assert_int_equal(decode(B("\0\0\0\1A\0\0\0\1\0"), NULL, &out), ERR_BAD_VALUE);
    assert_int_equal(out.kind, CHANNEL_REQUEST_ENV);
}

static void each_kind_of_text_has_its_limit(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum channel_request_kind kind;
        size_t max;
    } rows[] = {
        { "exec", CHANNEL_REQUEST_EXEC, CHANNEL_REQUEST_COMMAND_MAX },
        { "subsystem", CHANNEL_REQUEST_SUBSYSTEM, CHANNEL_REQUEST_VALUE_MAX },
        { "signal", CHANNEL_REQUEST_SIGNAL, CHANNEL_REQUEST_SIGNAL_MAX },
    };
    struct channel_request out;
    struct bytes text = codec_copy(BYTES_NONE, CHANNEL_REQUEST_COMMAND_MAX + 1, 'x');
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        wire_name = bytes_text(rows[i].name);
        for (size_t extra = 0; extra < 2; extra++) {
            const struct channel_request request = {
                .kind = rows[i].kind, .text = bytes_slice(text, 0, rows[i].max + extra)
            };
            scoped(buf) specific = BUF_EMPTY(CODEC_BUF_MAX);
            assert_int_equal(channel_request_encode(&specific, &request), OK);
            assert_int_equal(decode(buf_bytes(&specific), NULL, &out), extra ? ERR_BAD_VALUE : OK);
        }
    }
    codec_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_survives_the_wire),
        cmocka_unit_test(fields_come_back_in_their_places),
        cmocka_unit_test(an_unknown_name_is_other_whatever_follows),
        cmocka_unit_test(a_nul_cannot_be_used_but_is_well_formed),
        cmocka_unit_test(each_kind_of_text_has_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
