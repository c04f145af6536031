/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel_world.h"

/* ---- opening ---- */

static void a_refused_channel_leaves_nothing_behind(void **state)
{
    (void)state;
    struct world w;
    start(&w, ROLE_SERVER);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(feed_open(&w, PEER_ID), OK);
        assert_int_equal(w.event.kind, CHANNELS_OPENING);
        assert_int_equal(w.event.channel, 0);
        channels_answer_open(&w.channels, 0, false, SSH_OPEN_CONNECT_FAILED);
        assert_int_equal(refusal_reason(&w), SSH_OPEN_CONNECT_FAILED);
    }
    stop(&w);
}

static void an_open_is_answered_once(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = use(&w);
    assert_int_equal(feed_confirmation(&w, channel, PEER_ID), ERR_BAD_STATE);
    assert_int_equal(feed_refusal(&w, channel), ERR_BAD_STATE);
    assert_int_equal(feed_confirmation(&w, channel + 1, PEER_ID), ERR_BAD_STATE);
    stop(&w);

    start(&w, ROLE_CLIENT);
    channel = channels_open_session(&w.channels); /* is not sent yet */
    assert_true(sent_is_empty(&w.sent));
    assert_int_equal(feed_confirmation(&w, channel, PEER_ID), ERR_BAD_STATE);
    assert_int_equal(feed_refusal(&w, channel), ERR_BAD_STATE);
    stop(&w);
}

/* ---- requests before the confirmation ---- */

static const struct channel_request shell = { .kind = CHANNEL_REQUEST_SHELL, .want_reply = true };
static const struct channel_request exec = { .kind = CHANNEL_REQUEST_EXEC, .text = B("ls") };

static void requests_wait_for_the_confirmation(void **state)
{
    (void)state;
    struct world w;
    start(&w, ROLE_CLIENT);
    uint32_t channel = channels_open_session(&w.channels);
    channels_request(&w.channels, channel, &shell);
    channels_request(&w.channels, channel, &exec);
    channels_allow(&w.channels, false);
    (void)sent_take(&w.sent, SSH_MSG_CHANNEL_OPEN);
    assert_true(sent_is_empty(&w.sent));
    assert_int_equal(feed_confirmation(&w, channel, PEER_ID), OK);
    assert_true(bytes_is(sent_request(&w, PEER_ID), "shell"));
    assert_true(bytes_is(sent_request(&w, PEER_ID), "exec"));
    assert_true(sent_is_empty(&w.sent));
    stop(&w);
}

static void a_right_guess_sends_requests_once_and_a_wrong_one_again(void **state)
{
    (void)state;
    static const uint32_t numbers[] = { 0, PEER_ID };
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        start(&w, ROLE_CLIENT);
        uint32_t channel = channels_open_session(&w.channels);
        channels_request(&w.channels, channel, &shell);
        channels_allow(&w.channels, true);
        (void)sent_take(&w.sent, SSH_MSG_CHANNEL_OPEN);
        assert_true(bytes_is(sent_request(&w, 0), "shell"));
        channels_request(&w.channels, channel, &exec);
        assert_true(bytes_is(sent_request(&w, 0), "exec"));

        assert_int_equal(feed_confirmation(&w, channel, numbers[i]), OK);
        if (numbers[i] != 0) {
            assert_true(bytes_is(sent_request(&w, PEER_ID), "shell"));
            assert_true(bytes_is(sent_request(&w, PEER_ID), "exec"));
        }
        assert_true(sent_is_empty(&w.sent));
        stop(&w);
    }
}

static void what_was_said_too_early_is_said_again(void **state)
{
    (void)state;
    struct world w;
    start(&w, ROLE_CLIENT);
    uint32_t channel = channels_open_session(&w.channels);
    channels_request(&w.channels, channel, &shell);
    for (int i = 0; i < 3; i++) {
        channels_allow(&w.channels, true);
        (void)sent_take(&w.sent, SSH_MSG_CHANNEL_OPEN);
        assert_true(bytes_is(sent_request(&w, 0), "shell"));
        channels_forbid(&w.channels);
        assert_int_equal(feed_confirmation(&w, channel, 0), ERR_BAD_STATE);
    }
    stop(&w);
}

/* ---- data ---- */

static void the_peers_window_and_packet_size_bound_what_is_sent(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = use(&w);
    assert_int_equal(channels_sendable(&w.channels, channel, 0), PEER_PACKET);
    assert_int_equal(channels_sendable(&w.channels, channel, PEER_WINDOW - 10), 10);
    assert_int_equal(channels_sendable(&w.channels, channel, PEER_WINDOW), 0);

    channels_sent_data(&w.channels, channel, 0, PEER_WINDOW - 1);
    assert_int_equal(channels_sendable(&w.channels, channel, 0), 1);
    channels_sent_data(&w.channels, channel, 0, 1);
    assert_int_equal(channels_sendable(&w.channels, channel, 0), 0);

    uint32_t roomy;
    channels_want_room(&w.channels, channel);
    assert_false(channels_take_room(&w.channels, &roomy));
    assert_int_equal(feed_window(&w, channel, 5), OK);
    assert_true(channels_take_room(&w.channels, &roomy));
    assert_int_equal(roomy, channel);
    assert_false(channels_take_room(&w.channels, &roomy));
    assert_int_equal(channels_sendable(&w.channels, channel, 0), 5);
    stop(&w);
}

/* ---- requests and replies ---- */

static void a_request_is_answered_once_if_it_wants_that(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    assert_int_equal(feed_request(&w, channel, "shell", true, BYTES_NONE), OK);
    assert_int_equal(w.event.kind, CHANNELS_REQUEST);
    channels_answer_request(&w.channels, channel, true);
    (void)sent_take(&w.sent, SSH_MSG_CHANNEL_SUCCESS);
    channels_answer_request(&w.channels, channel, true);
    assert_true(sent_is_empty(&w.sent));

    assert_int_equal(feed_request(&w, channel, "shell", false, BYTES_NONE), OK);
    channels_answer_request(&w.channels, channel, true);
    assert_true(sent_is_empty(&w.sent));
    stop(&w);
}

static void replies_are_told_only_when_asked_for(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = use(&w);
    channels_request(&w.channels, channel, &exec); /* wants none */
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_SUCCESS, channel), OK);
    assert_int_equal(w.event.kind, CHANNELS_NOTHING);
    channels_request(&w.channels, channel, &shell);
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_FAILURE, channel), OK);
    assert_int_equal(w.event.kind, CHANNELS_REPLY);
    assert_false(w.event.ok);
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_SUCCESS, channel), OK);
    assert_int_equal(w.event.kind, CHANNELS_NOTHING);
    stop(&w);
}

/* ---- the end ---- */

static void nothing_is_sent_behind_our_close(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    assert_int_equal(feed_request(&w, channel, "shell", true, BYTES_NONE), OK);
    channels_close(&w.channels, channel);
    (void)sent_take(&w.sent, SSH_MSG_CHANNEL_CLOSE);

    channels_close(&w.channels, channel);
    channels_eof(&w.channels, channel);
    channels_request(&w.channels, channel, &exec);
    channels_answer_request(&w.channels, channel, true);
    assert_int_equal(channels_sendable(&w.channels, channel, 0), 0);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(feed_data(&w, channel, 0, LIMITS_DATA_PACKET), OK);
        assert_int_equal(w.event.kind, CHANNELS_NOTHING);
        (void)feed_request(&w, channel, "shell", true, BYTES_NONE);
    }
    assert_true(sent_is_empty(&w.sent));
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_CLOSE, channel), OK);
    assert_int_equal(w.event.kind, CHANNELS_CLOSED);
    assert_true(sent_is_empty(&w.sent));
    stop(&w);
}

static void the_end_of_one_direction_leaves_the_other(void **state)
{
    (void)state;
    struct world w;
    uint32_t channel = serve(&w);
    assert_int_equal(feed_signal(&w, SSH_MSG_CHANNEL_EOF, channel), OK);
    assert_int_equal(w.event.kind, CHANNELS_EOF);
    assert_true(channels_sendable(&w.channels, channel, 0) > 0);
    channels_eof(&w.channels, channel);
    channels_eof(&w.channels, channel);
    (void)sent_take(&w.sent, SSH_MSG_CHANNEL_EOF);
    assert_true(sent_is_empty(&w.sent));
    assert_int_equal(channels_sendable(&w.channels, channel, 0), 0);
    stop(&w);
}

/* Reads as fast as the peer sends over a long path, until the window grows no more. */
static void read_fast(struct world *w, uint32_t id)
{
    struct window *window = &w->channels.table[id].window;
    w->channels.round_trip_us = 100000;
    for (int i = 0; i < 100; i++) {
        for (uint32_t left = window->left; left >= LIMITS_DATA_PACKET; left -= LIMITS_DATA_PACKET) {
            bool accepted;
            assert_int_equal(window_take(window, LIMITS_DATA_PACKET, &accepted), OK);
            w->channels.now.us += 10;
            channels_delivered(&w->channels, id, LIMITS_DATA_PACKET);
        }
        w->channels.now.us += 100000;
        buf_clear(&w->sent.payloads);
    }
}

static void the_windows_of_all_channels_are_bounded(void **state)
{
    (void)state;
    struct world w;
    start(&w, ROLE_SERVER);
    for (uint32_t id = 0; id < SESSIONS_MAX; id++) {
        assert_int_equal(feed_open(&w, id), OK);
        channels_answer_open(&w.channels, id, true, 0);
    }
    uint64_t total = 0;
    for (uint32_t id = 0; id < SESSIONS_MAX; id++) {
        read_fast(&w, id);
        total += w.channels.table[id].window.size;
    }
    assert_int_equal(total, WINDOW_MAX);
    assert_true(w.channels.table[0].window.size > WINDOW_MAX / 2);
    assert_int_equal(w.channels.table[1].window.size, WINDOW_INITIAL);
    stop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_channel_leaves_nothing_behind),
        cmocka_unit_test(an_open_is_answered_once),
        cmocka_unit_test(requests_wait_for_the_confirmation),
        cmocka_unit_test(a_right_guess_sends_requests_once_and_a_wrong_one_again),
        cmocka_unit_test(what_was_said_too_early_is_said_again),
        cmocka_unit_test(the_peers_window_and_packet_size_bound_what_is_sent),
        cmocka_unit_test(a_request_is_answered_once_if_it_wants_that),
        cmocka_unit_test(replies_are_told_only_when_asked_for),
        cmocka_unit_test(nothing_is_sent_behind_our_close),
        cmocka_unit_test(the_end_of_one_direction_leaves_the_other),
        cmocka_unit_test(the_windows_of_all_channels_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
