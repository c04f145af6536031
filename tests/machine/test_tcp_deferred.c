/* SPDX-License-Identifier: BSD-2-Clause */
/* Listeners whose owner decides about each connection: of whole networks, and under a flood. */
#include "machine/segment_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct segment_peer p;

static struct wire_host *subject(void)
{
    return &p.pair.hosts[1];
}

static const struct stack_counts *counts(void)
{
    return stack_counts(subject()->stack);
}

/* A SYN from this port of the peer. */
static void ask_from(uint16_t port)
{
    p.peer.port = port;
    segment_peer_say_at(&p, p.next, 0, TCP_SYN, NULL);
}

enum { PENDING = 8 };

static void have_eight_pending(struct stack_setup *setup, int host)
{
    (void)host;
    setup->pending_max = PENDING;
    setup->flow_max = 4 * PENDING;
}

static void a_flood_of_syns_leaves_flows_for_others(void **unused)
{
    (void)unused;
    segment_peer_init(&p, have_eight_pending);
    assert_int_equal(flow_listen(subject()->stack, 81, true), OK);
    p.subject.port = 81;
    for (uint16_t port = 1; port <= 1000; port++)
        ask_from(port);
    assert_int_equal(subject()->events[FLOW_ASKED], PENDING);
    assert_int_equal(counts()->flows_now, PENDING);
    assert_int_equal(counts()->dropped_full, 1000 - PENDING);
    assert_int_equal(p.sent_count + p.others, 0); /* nobody is answered */
    /* Once one is decided there is a place again, whatever was decided. */
    flow_admit(subject()->flow, p.pair.now);
    ask_from(2000);
    assert_int_equal(subject()->events[FLOW_ASKED], PENDING + 1);
    flow_refuse(subject()->flow, FLOW_REFUSE_SILENTLY, p.pair.now);
    ask_from(2001);
    assert_int_equal(subject()->events[FLOW_ASKED], PENDING + 2);
    ask_from(2002);
    assert_int_equal(subject()->events[FLOW_ASKED], PENDING + 2);
    /* Or when a peer gives up. */
    p.peer.port = 2001;
    segment_peer_say_at(&p, p.next + 1, 0, TCP_RST, NULL);
    ask_from(2002);
    assert_int_equal(subject()->events[FLOW_ASKED], PENDING + 3);
    segment_peer_wipe(&p);
}

static void a_question_that_nobody_answers_is_given_up(void **unused)
{
    (void)unused;
    enum { MINUTES_3 = 3 * 60 * 1000 };
    segment_peer_init(&p, have_eight_pending);
    assert_int_equal(flow_listen(subject()->stack, 81, true), OK);
    p.subject.port = 81;
    for (uint16_t port = 1; port <= PENDING; port++)
        ask_from(port);
    segment_peer_wait(&p, MINUTES_3 / 2);
    ask_from(1); /* which does not make the time longer */
    segment_peer_wait(&p, MINUTES_3 / 2 - 1);
    assert_int_equal(subject()->events[FLOW_TIMED_OUT], 0);
    segment_peer_wait(&p, 2);
    assert_int_equal(subject()->events[FLOW_TIMED_OUT], PENDING);
    assert_int_equal(p.sent_count + p.others, 0);
    /* There is place for others, though the owner has not given the flows back; and the peer can ask anew. */
    ask_from(1);
    assert_int_equal(subject()->events[FLOW_ASKED], PENDING + 1);
    /* Whom he admits in time has all the time that a handshake has. */
    segment_peer_wait(&p, MINUTES_3 - 1);
    flow_admit(subject()->flow, p.pair.now);
    segment_peer_wait(&p, 1000);
    assert_int_equal(subject()->events[FLOW_TIMED_OUT], PENDING);
    assert_int_equal(p.sent[0].flags, TCP_SYN | TCP_ACK);
    segment_peer_wait(&p, MINUTES_3);
    assert_int_equal(subject()->events[FLOW_TIMED_OUT], PENDING + 1);
    segment_peer_wipe(&p);
}

static void an_answer_may_come_too_late(void **unused)
{
    (void)unused;
    for (int refuses = 0; refuses < 2; refuses++) {
        segment_peer_init(&p, have_eight_pending);
        assert_int_equal(flow_listen(subject()->stack, 81, true), OK);
        p.subject.port = 81;
        ask_from(1);
        segment_peer_wait(&p, 200 * 1000);
        assert_int_equal(subject()->events[FLOW_TIMED_OUT], 1);
        if (refuses) {
            flow_refuse(subject()->flow, FLOW_REFUSE_RESET, p.pair.now);
        } else {
            flow_admit(subject()->flow, p.pair.now);
            flow_release(subject()->flow, p.pair.now);
        }
        wire_pair_pump(&p.pair);
        assert_int_equal(counts()->flows_now, 0);
        assert_int_equal(p.sent_count + p.others, 0);
        segment_peer_wipe(&p);
    }
}

/* As for an engine of a VPN. */
static void answer_for_networks(struct stack_setup *setup, int host)
{
    (void)host;
    setup->networks[0].prefix_len = 9;
    assert_true(ip_address_parse(BYTES_LITERAL("10.128.0.0"), &setup->networks[0].address));
    setup->networks[1].prefix_len = 0;
    assert_true(ip_address_parse(BYTES_LITERAL("::"), &setup->networks[1].address));
    setup->network_count = 2;
}

static void begin(const char *address, uint16_t port)
{
    segment_peer_init(&p, answer_for_networks);
    assert_int_equal(flow_listen(subject()->stack, 0, true), OK);
    assert_true(ip_address_parse(bytes_text(address), &p.subject.address));
    p.subject.port = port;
    p.peer = wire_pair_endpoint(0, p.subject.address.version, SEGMENT_PEER_PORT);
    segment_peer_say_at(&p, p.next, 0, TCP_SYN, NULL);
}

static void connections_to_any_address_of_a_network_are_its_owners(void **unused)
{
    (void)unused;
    static const char *const addresses[] = { "10.128.0.1", "10.255.1.2", "2001:db8:9::1",
                                             "2620:0:2d0:200::8", "192.0.2.2" };
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        begin(addresses[i], (uint16_t)(443 + i));
        assert_int_equal(subject()->events[FLOW_ASKED], 1);
        struct flow_status status = flow_status(subject()->flow);
        assert_true(ip_address_equal(&status.local.address, &p.subject.address));
        assert_int_equal(status.local.port, 443 + i);
        flow_admit(subject()->flow, p.pair.now);
        wire_pair_pump(&p.pair);
        assert_int_equal(p.sent_count, 1);
        assert_int_equal(p.sent[0].flags, TCP_SYN | TCP_ACK);
        assert_true(ip_address_equal(&p.ip[0].source, &p.subject.address));
        p.next++;
        p.ack = p.sent[0].seq + 1;
        segment_peer_say(&p, TCP_ACK, "hello");
        assert_int_equal(subject()->events[FLOW_OPENED], 1);
        assert_int_equal(subject()->read_len, 5);
        segment_peer_wipe(&p);

        begin(addresses[i], 22);
        flow_refuse(subject()->flow, FLOW_REFUSE_RESET, p.pair.now);
        wire_pair_pump(&p.pair);
        assert_int_equal(p.sent[0].flags, TCP_RST | TCP_ACK);
        assert_true(ip_address_equal(&p.ip[0].source, &p.subject.address));
        assert_int_equal(counts()->flows_now, 0);
        segment_peer_wipe(&p);
    }
}

static void what_is_of_no_network_of_ours_or_for_many_is_not_answered(void **unused)
{
    (void)unused;
    static const char *const addresses[] = { "10.127.255.255", "11.128.0.1", "192.0.2.3",
                                             "ff02::1",        "::1",        "::" };
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        begin(addresses[i], 443);
        assert_int_equal(subject()->events[FLOW_ASKED], 0);
        assert_int_equal(counts()->dropped_foreign, 1);
        assert_int_equal(p.sent_count + p.others, 0);
        segment_peer_wipe(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_of_syns_leaves_flows_for_others),
        cmocka_unit_test(a_question_that_nobody_answers_is_given_up),
        cmocka_unit_test(an_answer_may_come_too_late),
        cmocka_unit_test(connections_to_any_address_of_a_network_are_its_owners),
        cmocka_unit_test(what_is_of_no_network_of_ours_or_for_many_is_not_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
