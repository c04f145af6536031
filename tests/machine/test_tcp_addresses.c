/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may talk with whom: RFC 9293 sections 3.9.1 and 3.9.2 about ports and addresses. */
#include "machine/segment_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct segment_peer p;

static struct ip_address address(const char *text)
{
    struct ip_address a;
    assert_true(ip_address_parse(bytes_text(text), &a));
    return a;
}

static const struct stack_counts *counts(void)
{
    return stack_counts(p.pair.hosts[1].stack);
}

/* The handshake of another peer, from the port `port`. */
static struct flow *open_from(uint16_t port)
{
    struct ip_endpoint before = p.peer;
    p.peer.port = port;
    p.pair.hosts[1].flow = NULL;
    segment_peer_open(&p, NULL);
    p.peer = before;
    p.next--;
    return segment_peer_flow(&p);
}

enum being_opened { SYN_SENT, SYN_RECEIVED_ACTIVE, SYN_RECEIVED_PASSIVE };

/* Leaves a connection of the port 80 there, and nobody who listens. Its ISS is returned. */
static uint32_t begin(enum being_opened how, struct flow **flow)
{
    struct stack *stack = p.pair.hosts[1].stack;
    *flow = NULL;
    if (how == SYN_RECEIVED_PASSIVE) {
        segment_peer_say_at(&p, p.next, 0, TCP_SYN, NULL);
        flow_unlisten(stack, SEGMENT_PEER_LISTENS);
        return segment_peer_last(&p)->seq;
    }
    flow_unlisten(stack, SEGMENT_PEER_LISTENS);
    assert_int_equal(flow_connect(stack, &p.peer, SEGMENT_PEER_LISTENS, p.pair.now, flow), OK);
    wire_pair_pump(&p.pair);
    if (how == SYN_RECEIVED_ACTIVE)
        segment_peer_say_at(&p, p.next, 0, TCP_SYN, NULL);
    return segment_peer_last(&p)->seq;
}

static void a_port_can_be_listened_on_while_a_connection_of_it_is_being_opened(void **unused)
{
    (void)unused;
    for (enum being_opened how = SYN_SENT; how <= SYN_RECEIVED_PASSIVE; how++) {
        segment_peer_init(&p, NULL);
        struct flow *first;
        uint32_t initial = begin(how, &first);
        size_t sent = p.sent_count;
        assert_int_equal(flow_listen(p.pair.hosts[1].stack, SEGMENT_PEER_LISTENS, false), OK);
        wire_pair_pump(&p.pair);
        assert_int_equal(p.sent_count, sent);
        struct flow *other = open_from(SEGMENT_PEER_PORT + 1);
        assert_ptr_not_equal(other, first);
        assert_int_equal(flow_status(other).remote.port, SEGMENT_PEER_PORT + 1);
        p.pair.hosts[1].flow = NULL;
        /* The first comes to its end as if nobody listened. */
        if (how == SYN_SENT)
            segment_peer_say_at(&p, p.next, initial + 1, TCP_SYN | TCP_ACK, NULL);
        else
            segment_peer_say_at(&p, p.next + 1, initial + 1, TCP_ACK, NULL);
        struct flow_status status = flow_status(segment_peer_flow(&p));
        assert_true(!first || segment_peer_flow(&p) == first);
        assert_int_equal(status.state, FLOW_STATE_ESTABLISHED);
        assert_int_equal(status.remote.port, SEGMENT_PEER_PORT);
        assert_int_equal(status.initial_sent, initial);
        assert_int_equal(flow_status(other).state, FLOW_STATE_ESTABLISHED);
        segment_peer_wipe(&p);
    }
}

static void who_listens_twice_is_told_and_nothing_changes(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    assert_int_equal(flow_listen(p.pair.hosts[1].stack, SEGMENT_PEER_LISTENS, true), ERR_BAD_VALUE);
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "hello");
    assert_int_equal(p.pair.hosts[1].events[FLOW_DATA], 1);
    assert_non_null(open_from(SEGMENT_PEER_PORT + 1)); /* it did not become a deferred one */
    segment_peer_wipe(&p);
}

static const char *const nobodies[] = {
    "224.0.0.1", "224.255.255.255",
    "239.1.2.3", "255.255.255.255",
    "0.0.0.0",   "127.0.0.1",
    "ff02::1",   "ff0e::1:2",
    "::",        "::1",
};

enum { NOBODIES = sizeof(nobodies) / sizeof(nobodies[0]) };

static void an_open_to_what_is_no_unicast_address_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < NOBODIES; i++) {
        segment_peer_init(&p, NULL);
        struct flow *flow;
        struct ip_endpoint remote = { address(nobodies[i]), 80 };
        assert_int_equal(flow_connect(p.pair.hosts[1].stack, &remote, 0, p.pair.now, &flow),
                         ERR_BAD_VALUE);
        segment_peer_wait(&p, 2000);
        assert_int_equal(p.sent_count + p.others, 0);
        assert_int_equal(counts()->flows_now, 0);
        segment_peer_wipe(&p);
    }
}

/* It answers as everybody: only what an address is can speak against it. */
static void be_everybody(struct stack_setup *setup, int host)
{
    (void)host;
    setup->networks[0] = (struct stack_network){ address("0.0.0.0"), 0 };
    setup->networks[1] = (struct stack_network){ address("::"), 0 };
    setup->network_count = 2;
}

static void assert_silence(void)
{
    static const uint8_t flags[] = { TCP_SYN, TCP_ACK, TCP_SYN | TCP_ACK, TCP_FIN | TCP_ACK,
                                     TCP_RST };
    for (size_t i = 0; i < sizeof(flags); i++)
        segment_peer_say_at(&p, p.next, 1, flags[i], NULL);
    segment_peer_wait(&p, 2000);
    assert_int_equal(p.sent_count + p.others, 0);
    assert_int_equal(counts()->pending_now + counts()->flows_now, 0);
    assert_int_equal(counts()->dropped_foreign, sizeof(flags));
}

static void what_is_sent_to_many_is_dropped_in_silence(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < NOBODIES; i++) {
        segment_peer_init(&p, be_everybody);
        p.subject.address = address(nobodies[i]);
        p.peer = wire_pair_endpoint(0, p.subject.address.version, SEGMENT_PEER_PORT);
        assert_silence();
        segment_peer_wipe(&p);
    }
    segment_peer_init(&p, be_everybody);
    p.subject.address = address("198.51.100.7");
    segment_peer_open(&p, NULL);
    segment_peer_wipe(&p);
}

static void what_comes_from_no_unicast_address_is_dropped_in_silence(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < NOBODIES; i++) {
        segment_peer_init(&p, NULL);
        p.peer.address = address(nobodies[i]);
        p.subject = wire_pair_endpoint(1, p.peer.address.version, SEGMENT_PEER_LISTENS);
        assert_silence();
        segment_peer_wipe(&p);
    }
}

static void have_many_addresses(struct stack_setup *setup, int host)
{
    if (host == 0)
        return;
    setup->addresses[0] = address("2001:db8::2");
    setup->addresses[1] = address("2001:db8::22");
    setup->addresses[2] = address("192.0.2.2");
    setup->addresses[3] = address("192.0.2.22");
    setup->address_count = 4;
}

static void have_ipv6_alone(struct stack_setup *setup, int host)
{
    if (host == 0)
        return;
    setup->addresses[0] = address("2001:db8::2");
    setup->address_count = 1;
}

static void a_connection_has_the_first_of_our_addresses_that_can_reach_the_other(void **unused)
{
    (void)unused;
    struct flow *flow;
    for (int version = 4; version <= 6; version += 2) {
        segment_peer_init(&p, have_many_addresses);
        struct ip_endpoint remote = wire_pair_endpoint(0, version, 80);
        assert_int_equal(flow_connect(p.pair.hosts[1].stack, &remote, 0, p.pair.now, &flow), OK);
        segment_peer_wait(&p, 10 * 1000);
        struct ip_address ours = address(version == 4 ? "192.0.2.2" : "2001:db8::2");
        assert_true(p.sent_count > 2);
        for (size_t i = 0; i < p.sent_count; i++) /* MUST-45: all of it */
            assert_true(ip_address_equal(&p.ip[i].source, &ours));
        struct ip_endpoint local = flow_status(flow).local;
        assert_true(ip_address_equal(&local.address, &ours));
        segment_peer_wipe(&p);
    }
    segment_peer_init(&p, have_ipv6_alone);
    struct ip_endpoint remote = wire_pair_endpoint(0, 4, 80);
    assert_int_equal(flow_connect(p.pair.hosts[1].stack, &remote, 0, p.pair.now, &flow),
                     ERR_BAD_VALUE);
    segment_peer_wipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_can_be_listened_on_while_a_connection_of_it_is_being_opened),
        cmocka_unit_test(who_listens_twice_is_told_and_nothing_changes),
        cmocka_unit_test(an_open_to_what_is_no_unicast_address_is_refused),
        cmocka_unit_test(what_is_sent_to_many_is_dropped_in_silence),
        cmocka_unit_test(what_comes_from_no_unicast_address_is_dropped_in_silence),
        cmocka_unit_test(a_connection_has_the_first_of_our_addresses_that_can_reach_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
