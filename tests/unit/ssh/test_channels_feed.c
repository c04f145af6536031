/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel_world.h"

/* Feeds until the budget is used up, which must come, but not at once. */
#define runs_out_of_budget(feed_)                               \
    do {                                                        \
        enum err runs_err = OK;                                 \
        size_t runs_count = 0;                                  \
        while (runs_count < 5000 && (runs_err = (feed_)) == OK) \
            runs_count++;                                       \
        assert_int_equal(runs_err, ERR_OVER_BUDGET);            \
        assert_true(runs_count > 100);                          \
    } while (0)

/* ---- opening ---- */

static void a_channel_that_cannot_be_is_refused_with_its_reason(void **state)
{
    (void)state;
    static const struct {
        enum role role;
        const char *type;
        uint32_t max_packet, reason;
    } cases[] = {
        { ROLE_CLIENT, "session", PEER_PACKET, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED },
        { ROLE_CLIENT, "x11", PEER_PACKET, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED },
        { ROLE_SERVER, "direct-tcpip", PEER_PACKET, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED },
        { ROLE_SERVER, "session", 0, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED },
        { ROLE_SERVER, "sessions", PEER_PACKET, SSH_OPEN_UNKNOWN_CHANNEL_TYPE },
        { ROLE_SERVER, "x11,direct-tcpip", PEER_PACKET, SSH_OPEN_UNKNOWN_CHANNEL_TYPE },
        { ROLE_SERVER, "", PEER_PACKET, SSH_OPEN_UNKNOWN_CHANNEL_TYPE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world w;
        start(&w, cases[i].role);
        assert_int_equal(feed_open_as(&w, cases[i].type, PEER_ID, cases[i].max_packet), OK);
        assert_int_equal(w.event.kind, CHANNELS_NOTHING);
        assert_int_equal(refusal_reason(&w), cases[i].reason);
        stop(&w);
    }
}

static void sessions_are_counted_and_a_closed_one_makes_room(void **state)
{
    (void)state;
    struct world w;
    uint32_t first = serve(&w);
    for (uint32_t id = 1; id < SESSIONS_MAX; id++) {
        assert_int_equal(feed_open(&w, id), OK);
        assert_int_equal(w.event.kind, CHANNELS_OPENING);
    }
    assert_int_equal(feed_open(&w, 99), OK);
    assert_int_equal(refusal_reason(&w), SSH_OPEN_RESOURCE_SHORTAGE);

    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_CLOSE, first), OK);
    assert_int_equal(feed_open(&w, 99), OK);
    assert_int_equal(w.event.kind, CHANNELS_OPENING);
    stop(&w);
}

static void however_many_sessions_are_allowed_channels_are_bounded(void **state)
{
    (void)state;
    struct world w;
    start(&w, ROLE_SERVER);
    w.channels.max_sessions = 10 * LIMITS_CHANNELS;
    for (uint32_t id = 0; id < LIMITS_CHANNELS; id++) {
        assert_int_equal(feed_open(&w, id), OK);
        assert_int_equal(w.event.kind, CHANNELS_OPENING);
    }
    assert_int_equal(feed_open(&w, LIMITS_CHANNELS), OK);
    assert_int_equal(refusal_reason(&w), SSH_OPEN_RESOURCE_SHORTAGE);
    stop(&w);
}

static void the_peers_number_is_taken_until_it_has_closed(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    assert_int_equal(feed_open(&w, PEER_ID), ERR_BAD_VALUE);
    channels_close(&w.channels, channel);
    assert_int_equal(feed_open(&w, PEER_ID), ERR_BAD_VALUE);
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_CLOSE, channel), OK);
    assert_int_equal(feed_open(&w, PEER_ID), OK);
    assert_int_equal(w.event.kind, CHANNELS_OPENING);
    stop(&w);
}

static void who_wanted_no_more_sessions_gets_none(void **state)
{
    (void)state;
    struct world w;
    (void)serve(&w);
    w.channels.no_more_sessions = true;
    assert_int_equal(feed_open(&w, 1), ERR_BAD_STATE);
    stop(&w);
}

/* ---- data ---- */

static void data_comes_to_an_open_channel_only(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    assert_int_equal(feed_data(&w, channel, 0, 10), OK);
    assert_int_equal(w.event.kind, CHANNELS_DATA);
    assert_int_equal(w.event.data.len, 10);
    assert_int_equal(feed_data(&w, channel + 1, 0, 10), ERR_BAD_STATE);

    assert_int_equal(feed_open(&w, 5), OK); /* asked for, not answered */
    assert_int_equal(feed_data(&w, w.event.channel, 0, 10), ERR_BAD_STATE);

    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_EOF, channel), OK);
    assert_int_equal(feed_data(&w, channel, 0, 10), ERR_BAD_STATE);
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_CLOSE, channel), OK);
    assert_int_equal(feed_data(&w, channel, 0, 10), ERR_BAD_STATE);
    stop(&w);

    start(&w, ROLE_CLIENT);
    channels_allow(&w.channels, false);
    channel = channels_open_session(&w.channels);
    assert_int_equal(feed_data(&w, channel, 0, 10), ERR_BAD_STATE);
    stop(&w);
}

static void a_message_carries_no_more_data_than_we_said(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    assert_int_equal(feed_data(&w, channel, 0, LIMITS_DATA_PACKET), OK);
    assert_int_equal(feed_data(&w, channel, 0, LIMITS_DATA_PACKET + 1), ERR_BAD_STATE);
    stop(&w);
}

static void data_beyond_the_window_is_dropped_and_then_ends_it(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    size_t taken = 0, dropped = 0;
    enum err err;
    while ((err = feed_data(&w, channel, 0, LIMITS_DATA_PACKET)) == OK) {
        taken += w.event.kind == CHANNELS_DATA;
        dropped += w.event.kind == CHANNELS_NOTHING;
    }
    assert_int_equal(err, ERR_OVER_BUDGET);
    assert_int_equal(taken, WINDOW_INITIAL / LIMITS_DATA_PACKET);
    assert_true(dropped > 0 && dropped <= taken / 10);
    stop(&w);
}

/* What nobody reads must not use up the window. */
static void data_that_nobody_wants_is_credited(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    uint64_t credited = 0;
    const uint64_t rounds = 10 * WINDOW_INITIAL / LIMITS_DATA_PACKET;
    for (uint64_t i = 0; i < rounds; i++) {
        assert_int_equal(feed_data(&w, channel, 1, LIMITS_DATA_PACKET), OK);
        assert_int_equal(w.event.kind, CHANNELS_NOTHING);
        while (!sent_is_empty(&w.sent)) {
            struct channel_flow_window window;
            struct bytes payload = sent_take(&w.sent, SSH_MSG_CHANNEL_WINDOW_ADJUST);
            assert_int_equal(channel_flow_decode_window(payload, NULL, &window), OK);
            assert_int_equal(window.channel, PEER_ID);
            credited += window.count;
        }
    }
    assert_true(credited + WINDOW_INITIAL >= rounds * LIMITS_DATA_PACKET);
    stop(&w);
}

static void only_a_client_reads_stderr_and_nobody_other_types(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = use(&w);
    assert_int_equal(feed_data(&w, channel, 1, 10), OK);
    assert_int_equal(w.event.kind, CHANNELS_DATA);
    assert_int_equal(w.event.extended, 1);
    assert_int_equal(feed_data(&w, channel, 2, 10), OK);
    assert_int_equal(w.event.kind, CHANNELS_NOTHING);
    stop(&w);
}

static void a_window_has_32_bits(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = use(&w);
    assert_int_equal(feed_window(&w, channel, UINT32_MAX - PEER_WINDOW), OK);
    assert_int_equal(feed_window(&w, channel, 1), ERR_BAD_STATE);
    stop(&w);
}

/* ---- requests and replies ---- */

static void a_request_that_cannot_be_met_fails_at_once(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    static const char *const names[] = { "exit-status", "keepalive@openssh.com", "no@example" };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(feed_request(&w, channel, names[i], true, B("\0\0\0\0")), OK);
        assert_int_equal(w.event.kind, CHANNELS_NOTHING);
        (void)sent_take(&w.sent, SSH_MSG_CHANNEL_FAILURE);
        assert_int_equal(feed_request(&w, channel, names[i], false, B("\0\0\0\0")), OK);
        assert_true(sent_is_empty(&w.sent));
    }
    assert_int_equal(feed_request(&w, channel, "exec", true, B("\0\0\0\3a\0b")), OK);
    (void)sent_take(&w.sent, SSH_MSG_CHANNEL_FAILURE);
    assert_int_equal(feed_request(&w, channel, "exec", true, B("\0\0\0\3ab")), ERR_TRUNCATED);
    assert_int_equal(feed_request(&w, channel, "shell", true, B("x")), ERR_TRAILING);
    stop(&w);
}

/* ---- the end ---- */

static void a_close_is_answered_by_a_close(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_CLOSE, channel), OK);
    assert_int_equal(w.event.kind, CHANNELS_CLOSED);
    struct channel_flow_signal signal;
    struct bytes payload = sent_take(&w.sent, SSH_MSG_CHANNEL_CLOSE);
    assert_int_equal(channel_flow_decode_signal(payload, NULL, &signal), OK);
    assert_int_equal(signal.channel, PEER_ID);
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_CLOSE, channel), ERR_BAD_STATE);
    stop(&w);
}

static void what_does_nothing_is_bounded(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    runs_out_of_budget(feed_data(&w, channel, 0, 0));
    stop(&w);
    channel = serve(&w);
    runs_out_of_budget(feed_window(&w, channel, 0));
    stop(&w);
    channel = serve(&w);
    runs_out_of_budget(feed_window(&w, channel + 1, 1));
    stop(&w);
    channel = serve(&w);
    runs_out_of_budget(feed_signal(&w, SSH_MSG_CHANNEL_EOF, channel));
    stop(&w);
    channel = serve(&w);
    runs_out_of_budget(feed_signal(&w, SSH_MSG_CHANNEL_SUCCESS, channel));
    stop(&w);
    channel = serve(&w);
    runs_out_of_budget(feed_request(&w, channel, "no@example", false, BYTES_NONE));
    stop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_channel_that_cannot_be_is_refused_with_its_reason),
        cmocka_unit_test(sessions_are_counted_and_a_closed_one_makes_room),
        cmocka_unit_test(however_many_sessions_are_allowed_channels_are_bounded),
        cmocka_unit_test(the_peers_number_is_taken_until_it_has_closed),
        cmocka_unit_test(who_wanted_no_more_sessions_gets_none),
        cmocka_unit_test(data_comes_to_an_open_channel_only),
        cmocka_unit_test(a_message_carries_no_more_data_than_we_said),
        cmocka_unit_test(data_beyond_the_window_is_dropped_and_then_ends_it),
        cmocka_unit_test(data_that_nobody_wants_is_credited),
        cmocka_unit_test(only_a_client_reads_stderr_and_nobody_other_types),
        cmocka_unit_test(a_window_has_32_bits),
        cmocka_unit_test(a_request_that_cannot_be_met_fails_at_once),
        cmocka_unit_test(a_close_is_answered_by_a_close),
        cmocka_unit_test(what_does_nothing_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
