/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/actor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

enum { CLIENT_PORT = 50000, SERVER_PORT = 22 };

static struct story story;
static struct actors actors;

static void start(uint64_t seed, void (*change)(struct network_setup *setup))
{
    struct network_setup setup = {
        .seed = seed,
        .version = 4,
        .path = { .delay_us = 10000, .mtu = 1500 },
        .mtu = 1500,
        .story = &story,
        .event = actor_event,
        .context = &actors,
    };
    if (change)
        change(&setup);
    story_init(&story, (struct instant){ 0 });
    actors = (struct actors){ 0 };
    actors.network = network_new(&setup);
    network_name_ends(actors.network, CLIENT_PORT, SERVER_PORT);
    actor_listen(&actors, NETWORK_SERVER, SERVER_PORT);
}

static void stop(void)
{
    network_free(actors.network);
    story_wipe(&story);
}

static void connect(void)
{
    actor_connect(&actors, NETWORK_CLIENT, CLIENT_PORT, SERVER_PORT);
    network_run(actors.network, 100, false);
}

static void both_states_of_a_handshake_are_known_at_each_step(void **unused)
{
    (void)unused;
    static const enum flow_state expected[3][4] = {
        { FLOW_STATE_SYN_SENT, FLOW_STATE_LISTEN, FLOW_STATE_SYN_SENT, FLOW_STATE_SYN_RECEIVED },
        { FLOW_STATE_SYN_SENT, FLOW_STATE_SYN_RECEIVED, FLOW_STATE_ESTABLISHED,
          FLOW_STATE_SYN_RECEIVED },
        { FLOW_STATE_ESTABLISHED, FLOW_STATE_SYN_RECEIVED, FLOW_STATE_ESTABLISHED,
          FLOW_STATE_ESTABLISHED },
    };
    start(1, NULL);
    connect();
    assert_int_equal(story.segment_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct story_segment *s = &story.segments[i];
        assert_int_equal(s->sent_states[0], expected[i][0]);
        assert_int_equal(s->sent_states[1], expected[i][1]);
        assert_int_equal(s->arrived_states[0], expected[i][2]);
        assert_int_equal(s->arrived_states[1], expected[i][3]);
        assert_int_equal(s->arrived_at.us - s->sent_at.us, 10000);
    }
    stop();
}

static void numbers_are_counted_from_the_initial_ones(void **unused)
{
    (void)unused;
    char text[24];
    start(1, NULL);
    connect();
    uint32_t x = story.segments[0].tcp.seq, y = story.segments[1].tcp.seq;
    assert_true(story_number(&story, 0, x, text));
    assert_string_equal(text, "x");
    assert_true(story_number(&story, 0, x + 46, text));
    assert_string_equal(text, "x+46");
    assert_true(story_number(&story, 1, y - 1, text));
    assert_string_equal(text, "y-1");
    assert_false(story_number(&story, 1, y + (1U << 31), text));
    stop();
}

static void a_rule_takes_the_packet_that_it_means_and_no_other(void **unused)
{
    (void)unused;
    start(1, NULL);
    network_add_rule(actors.network, &(struct network_rule){ .from = NETWORK_SERVER,
                                                             .flags = TCP_SYN | TCP_ACK,
                                                             .mask = TCP_SYN | TCP_ACK,
                                                             .count = 1,
                                                             .fate = STORY_DROPPED });
    actor_connect(&actors, NETWORK_CLIENT, CLIENT_PORT, SERVER_PORT);
    network_run(actors.network, 3000, false);
    size_t dropped = 0;
    for (size_t i = 0; i < story.segment_count; i++) {
        dropped += story.segments[i].fate == STORY_DROPPED;
        assert_true(story.segments[i].fate != STORY_DROPPED || i == 1);
    }
    assert_int_equal(dropped, 1);
    assert_true(actors.ends[NETWORK_SERVER].is_open);
    stop();
}

static void a_crashed_host_hears_nothing_until_it_boots(void **unused)
{
    (void)unused;
    start(1, NULL);
    connect();
    network_crash(actors.network, NETWORK_SERVER);
    actor_send(&actors, NETWORK_CLIENT, 10);
    network_run(actors.network, 100, false);
    assert_int_equal(story.segments[story.segment_count - 1].fate, STORY_NO_HOST);
    network_boot(actors.network, NETWORK_SERVER);
    network_run(actors.network, 1000, false);
    assert_true(actors.ends[NETWORK_CLIENT].is_over);
    assert_int_equal(story.states[NETWORK_CLIENT], FLOW_STATE_CLOSED);
    stop();
}

static void lose_much(struct network_setup *setup)
{
    setup->path.loss = 100000;
    setup->path.reorder = 50000;
    setup->path.duplicate = 50000;
    setup->path.jitter_us = 3000;
}

static void all_octets_arrive_whatever_the_path_does(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        start(seed, lose_much);
        actors.ends[NETWORK_CLIENT].to_send = 100000;
        actors.ends[NETWORK_CLIENT].closes_when_sent = true;
        actors.ends[NETWORK_SERVER].closes_back = true;
        actor_connect(&actors, NETWORK_CLIENT, CLIENT_PORT, SERVER_PORT);
        network_run(actors.network, 600 * 1000, true);
        assert_int_equal(actors.ends[NETWORK_SERVER].received, 100000);
        assert_true(actors.ends[NETWORK_CLIENT].is_over && actors.ends[NETWORK_SERVER].is_over);
        stop();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_states_of_a_handshake_are_known_at_each_step),
        cmocka_unit_test(numbers_are_counted_from_the_initial_ones),
        cmocka_unit_test(a_rule_takes_the_packet_that_it_means_and_no_other),
        cmocka_unit_test(a_crashed_host_hears_nothing_until_it_boots),
        cmocka_unit_test(all_octets_arrive_whatever_the_path_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
