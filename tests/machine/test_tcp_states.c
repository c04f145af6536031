/* SPDX-License-Identifier: BSD-2-Clause */
/* Every state against every class of segments: flags, where its number lies, what it acknowledges. What is expected is the
 * table below, written from RFC 9293 section 3.10.7 (with RFC 5961 where that section names it), its rows in the order of
 * the section's steps; the first that fits counts. */
#include "machine/wire_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum stand { /* where the subject stands: the states of the RFC, SYN-RECEIVED by how it came about (MUST-11) */
             CLOSED = 1 << 0,
             LISTEN = 1 << 1,
             SYN_SENT = 1 << 2,
             SYN_RCVD_PASSIVE = 1 << 3,
             SYN_RCVD_ACTIVE = 1 << 4,
             ESTABLISHED = 1 << 5,
             FIN_WAIT_1 = 1 << 6,
             FIN_WAIT_2 = 1 << 7,
             CLOSE_WAIT = 1 << 8,
             CLOSING = 1 << 9,
             LAST_ACK = 1 << 10,
             TIME_WAIT = 1 << 11,
             SYN_RCVD = SYN_RCVD_PASSIVE | SYN_RCVD_ACTIVE,
             SYNCHRONIZED = ESTABLISHED | FIN_WAIT_1 | FIN_WAIT_2 | CLOSE_WAIT | CLOSING |
                            LAST_ACK | TIME_WAIT,
             RECEIVING = ESTABLISHED | FIN_WAIT_1 | FIN_WAIT_2,
             ANY = SYN_RCVD | SYNCHRONIZED,
             SAME = 0,
};

enum { TEXT = 0x100 }; /* beside the flags of a segment: it has data */

enum place {                  /* SEG.SEQ */
             OLD = 1 << 0,    /* long before RCV.NXT */
             NEXT = 1 << 1,   /* RCV.NXT */
             INSIDE = 1 << 2, /* within the window, but not its beginning */
             BEYOND = 1 << 3, /* behind the window */
             ANYWHERE = OLD | NEXT | INSIDE | BEYOND,
};

enum acks {                   /* SEG.ACK */
            ANCIENT = 1 << 0, /* before SND.UNA - MAX.SND.WND */
            BEFORE = 1 << 1,  /* SND.UNA - 1 */
            AT_UNA = 1 << 2,  /* SND.UNA, and not SND.NXT */
            ALL = 1 << 3,     /* SND.NXT */
            UNSENT = 1 << 4,  /* SND.NXT + 1 */
            WHATEVER = ANCIENT | BEFORE | AT_UNA | ALL | UNSENT,
            NOT_ALL = WHATEVER & ~ALL,
};

enum reply {
    NOTHING,
    ACK, /* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
    SYN_ACK,
    RST_OF_ACK,   /* <SEQ=SEG.ACK><CTL=RST> */
    RST_WITH_ACK, /* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK> */
};

static const struct rule {
    unsigned stands, has, has_not, places, acks;
    enum reply reply;
    unsigned next;
} rules[] = {
    /* 3.10.7.1 */
    { CLOSED, TCP_RST, 0, ANYWHERE, WHATEVER, NOTHING, SAME },
    { CLOSED, TCP_ACK, 0, ANYWHERE, WHATEVER, RST_OF_ACK, SAME },
    { CLOSED, 0, 0, ANYWHERE, WHATEVER, RST_WITH_ACK, SAME },
    /* 3.10.7.2 */
    { LISTEN, TCP_RST, 0, ANYWHERE, WHATEVER, NOTHING, SAME },
    { LISTEN, TCP_ACK, 0, ANYWHERE, WHATEVER, RST_OF_ACK, SAME },
    { LISTEN, TCP_SYN, 0, ANYWHERE, WHATEVER, SYN_ACK, SYN_RCVD_PASSIVE },
    { LISTEN, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME },
    /* 3.10.7.3 first to fifth */
    { SYN_SENT, TCP_ACK | TCP_RST, 0, ANYWHERE, NOT_ALL, NOTHING, SAME },
    { SYN_SENT, TCP_ACK, 0, ANYWHERE, NOT_ALL, RST_OF_ACK, SAME },
    { SYN_SENT, TCP_RST | TCP_ACK, 0, ANYWHERE, ALL, NOTHING, CLOSED },
    { SYN_SENT, TCP_RST, 0, ANYWHERE, WHATEVER, NOTHING, SAME },
    { SYN_SENT, TCP_SYN | TCP_ACK | TCP_FIN, 0, ANYWHERE, ALL, ACK, CLOSE_WAIT },
    { SYN_SENT, TCP_SYN | TCP_ACK, 0, ANYWHERE, ALL, ACK, ESTABLISHED },
    { SYN_SENT, TCP_SYN, 0, ANYWHERE, WHATEVER, SYN_ACK, SYN_RCVD_ACTIVE },
    { SYN_SENT, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME },
    /* 3.10.7.4 first. TIME-WAIT: a reset is ignored (RFC 1337 section 3), a SYN behind all that came may begin anew (MAY-2). */
    { TIME_WAIT, TCP_RST, 0, ANYWHERE, WHATEVER, NOTHING, SAME },
    { TIME_WAIT, TCP_SYN, TCP_ACK, INSIDE | BEYOND, WHATEVER, SYN_ACK, SYN_RCVD_PASSIVE },
    { ANY, TCP_RST, 0, OLD | BEYOND, WHATEVER, NOTHING, SAME },
    { ANY, 0, 0, OLD | BEYOND, WHATEVER, ACK, SAME },
    /* second: RFC 5961 section 3.2 */
    { SYN_RCVD_PASSIVE, TCP_RST, 0, NEXT, WHATEVER, NOTHING, LISTEN },
    { ANY, TCP_RST, 0, NEXT, WHATEVER, NOTHING, CLOSED },
    { ANY, TCP_RST, 0, INSIDE, WHATEVER, ACK, SAME },
    /* fourth: RFC 5961 section 4.2 */
    { SYN_RCVD_PASSIVE, TCP_SYN, 0, ANYWHERE, WHATEVER, NOTHING, LISTEN },
    { ANY, TCP_SYN, 0, ANYWHERE, WHATEVER, ACK, SAME },
    /* fifth */
    { ANY, 0, TCP_ACK, ANYWHERE, WHATEVER, NOTHING, SAME },
    { SYN_RCVD, 0, 0, ANYWHERE, NOT_ALL, RST_OF_ACK, SAME },
    { SYN_RCVD, TCP_FIN, 0, NEXT, ALL, ACK, CLOSE_WAIT },
    { SYN_RCVD, TCP_FIN, 0, INSIDE, ALL, ACK, ESTABLISHED },
    { SYN_RCVD, TEXT, 0, ANYWHERE, ALL, ACK, ESTABLISHED },
    { SYN_RCVD, 0, 0, ANYWHERE, ALL, NOTHING, ESTABLISHED },
    { TIME_WAIT, TCP_FIN, 0, ANYWHERE, WHATEVER, ACK, SAME },
    { TIME_WAIT, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME },
    { ANY, 0, 0, ANYWHERE, ANCIENT | UNSENT, ACK, SAME }, /* RFC 5961 section 5.2 */
    /* fifth, seventh and eighth together */
    { FIN_WAIT_1, TCP_FIN, 0, NEXT, ALL, ACK, TIME_WAIT },
    { FIN_WAIT_1, TCP_FIN, 0, INSIDE, ALL, ACK, FIN_WAIT_2 },
    { FIN_WAIT_1, TEXT, 0, ANYWHERE, ALL, ACK, FIN_WAIT_2 },
    { FIN_WAIT_1, 0, 0, ANYWHERE, ALL, NOTHING, FIN_WAIT_2 },
    { CLOSING, 0, 0, ANYWHERE, ALL, NOTHING, TIME_WAIT },
    { LAST_ACK, 0, 0, ANYWHERE, ALL, NOTHING, CLOSED },
    { ESTABLISHED, TCP_FIN, 0, NEXT, WHATEVER, ACK, CLOSE_WAIT },
    { FIN_WAIT_1, TCP_FIN, 0, NEXT, WHATEVER, ACK, CLOSING },
    { FIN_WAIT_2, TCP_FIN, 0, NEXT, WHATEVER, ACK, TIME_WAIT },
    { RECEIVING, TCP_FIN, 0, INSIDE, WHATEVER, ACK, SAME },
    { RECEIVING, TEXT, 0, ANYWHERE, WHATEVER, ACK, SAME },
    { CLOSE_WAIT | CLOSING | LAST_ACK, 0, 0, ANYWHERE, WHATEVER, NOTHING,
      SAME }, /* text and FIN should not occur */
    { ANY, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME },
};

/* ---- the subject: host 1 of a pair; the peer is this test ---- */

enum { PEER_ISS = 5000, PORT = 80, PEER_PORT = 4000, WINDOW = 20000, SENT_MAX = 16 };

static struct wire_pair pair;
static struct ip_endpoint peer, subject;
static struct tcp_segment sent[SENT_MAX]; /* by the subject */
static size_t sent_count;
static uint32_t una, nxt, rcv_nxt, edge; /* of the subject */

static enum wire_fate note(struct wire_pair *p, int from, struct wire_packet *packet)
{
    (void)p;
    struct ip_header ip;
    assert_int_equal(from, 1);
    assert_true(sent_count < SENT_MAX);
    assert_true(wire_pair_parse(bytes_of(packet->octets, packet->len), &ip, &sent[sent_count]));
    /* Its window reaches so far; the SYN's is not scaled, and nobody scales here. */
    struct tcp_segment *s = &sent[sent_count++];
    if (s->flags & TCP_ACK && !(s->flags & TCP_RST))
        edge = s->ack + s->window;
    return WIRE_IS_LOST;
}

static void feed(uint32_t seq, uint32_t ack, uint8_t flags, size_t len)
{
    struct tcp_segment s = { .seq = seq, .ack = ack, .flags = flags, .window = WINDOW };
    s.payload = bytes_of("01234567890", len);
    wire_pair_feed_segment(&pair, 1, &peer, &subject, &s);
    wire_pair_pump(&pair);
}

static void use_little(struct stack_setup *setup, int host)
{
    (void)host;
    setup->flow_max = 2;
    setup->pending_max = 2;
    setup->time_wait_max = 2;
    setup->chunk_max = 32;
}

static void open_passive(void)
{
    assert_int_equal(flow_listen(pair.hosts[1].stack, PORT, false), OK);
    feed(PEER_ISS, 0, TCP_SYN, 0);
    una = sent[0].seq;
    nxt = una + 1;
    rcv_nxt = PEER_ISS + 1;
}

static void open_active(void)
{
    subject.port = PEER_PORT + 1;
    assert_int_equal(
        flow_connect(pair.hosts[1].stack, &peer, subject.port, pair.now, &pair.hosts[1].flow), OK);
    wire_pair_pump(&pair);
    una = sent[0].seq;
    nxt = una + 1;
    rcv_nxt = PEER_ISS + 1;
}

static void close_subject(void)
{
    flow_close(pair.hosts[1].flow, pair.now);
    wire_pair_pump(&pair);
    nxt++;
}

static void get_fin(void)
{
    feed(rcv_nxt++, una, TCP_FIN | TCP_ACK, 0);
}

static void get_ack(void)
{
    una = nxt;
    feed(rcv_nxt, una, TCP_ACK, 0);
}

/* Brings the subject there. With ESTABLISHED and CLOSE-WAIT something is in flight. */
static void stand_in(enum stand stand)
{
    wire_pair_init(&pair, use_little);
    pair.filter = note;
    peer = wire_pair_endpoint(0, 4, PEER_PORT);
    subject = wire_pair_endpoint(1, 4, PORT);
    sent_count = 0;
    rcv_nxt = una = nxt = 77777;
    edge = rcv_nxt + 1000;
    if (stand == CLOSED)
        return;
    if (stand == LISTEN) {
        assert_int_equal(flow_listen(pair.hosts[1].stack, PORT, false), OK);
        return;
    }
    if (stand == SYN_SENT || stand == SYN_RCVD_ACTIVE) {
        open_active();
        if (stand == SYN_RCVD_ACTIVE)
            feed(PEER_ISS, 0, TCP_SYN, 0);
        return;
    }
    open_passive();
    if (stand == SYN_RCVD_PASSIVE)
        return;
    get_ack();
    if (stand & (CLOSE_WAIT | LAST_ACK))
        get_fin();
    if (stand & (ESTABLISHED | CLOSE_WAIT)) {
        assert_int_equal(flow_send(pair.hosts[1].flow, BYTES_LITERAL("hello"), pair.now), 5);
        wire_pair_pump(&pair);
        nxt += 5;
    }
    if (stand & (FIN_WAIT_1 | FIN_WAIT_2 | CLOSING | LAST_ACK | TIME_WAIT))
        close_subject();
    if (stand & (FIN_WAIT_2 | TIME_WAIT))
        get_ack();
    if (stand & (CLOSING | TIME_WAIT))
        get_fin();
}

static unsigned stands(void)
{
    const struct stack_counts *counts = stack_counts(pair.hosts[1].stack);
    if (counts->pending_now > 0)
        return SYN_RCVD_PASSIVE;
    if (counts->time_wait_now > 0)
        return TIME_WAIT;
    enum flow_state state =
        pair.hosts[1].flow ? flow_status(pair.hosts[1].flow).state : FLOW_STATE_CLOSED;
    switch (state) {
    case FLOW_STATE_SYN_SENT:
        return SYN_SENT;
    case FLOW_STATE_SYN_RECEIVED:
        return SYN_RCVD_ACTIVE;
    case FLOW_STATE_ESTABLISHED:
        return ESTABLISHED;
    case FLOW_STATE_FIN_WAIT_1:
        return FIN_WAIT_1;
    case FLOW_STATE_FIN_WAIT_2:
        return FIN_WAIT_2;
    case FLOW_STATE_CLOSE_WAIT:
        return CLOSE_WAIT;
    case FLOW_STATE_CLOSING:
        return CLOSING;
    case FLOW_STATE_LAST_ACK:
        return LAST_ACK;
    case FLOW_STATE_CLOSED:
    case FLOW_STATE_LISTEN:
    case FLOW_STATE_TIME_WAIT:
        break;
    }
    return CLOSED;
}

static uint32_t seq_at(enum place place)
{
    switch (place) {
    case OLD:
        return rcv_nxt - 1000;
    case NEXT:
        return rcv_nxt;
    case INSIDE:
        return rcv_nxt + 10;
    case BEYOND:
        return edge + 10;
    case ANYWHERE:
        break;
    }
    return 0;
}

static uint32_t ack_at(enum acks acks)
{
    switch (acks) {
    case ANCIENT:
        return una - WINDOW - 1;
    case BEFORE:
        return una - 1;
    case AT_UNA:
        return una;
    case ALL:
        return nxt;
    case UNSENT:
        return nxt + 1;
    case WHATEVER:
    case NOT_ALL:
        break;
    }
    return 0;
}

static bool is_reply(enum reply reply, uint32_t seq, uint32_t ack, uint32_t len)
{
    if (reply == NOTHING)
        return sent_count == 0;
    if (sent_count != 1)
        return false;
    const struct tcp_segment *s = &sent[0];
    uint8_t flags = s->flags;
    switch (reply) {
    case ACK:
        return flags == TCP_ACK && s->seq == nxt && s->payload.len == 0;
    case SYN_ACK:
        return flags == (TCP_SYN | TCP_ACK) && s->ack == seq + 1;
    case RST_OF_ACK:
        return flags == TCP_RST && s->seq == ack;
    case RST_WITH_ACK:
        return flags == (TCP_RST | TCP_ACK) && s->seq == 0 && s->ack == seq + len;
    case NOTHING:
        break;
    }
    return false;
}

static const struct rule *rule_for(unsigned stand, unsigned flags, enum place place, enum acks acks)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const struct rule *r = &rules[i];
        if (r->stands & stand && (r->has & flags) == r->has && !(r->has_not & flags) &&
            r->places & place && (r->acks & acks || !(flags & TCP_ACK)))
            return r;
    }
    return NULL;
}

static const unsigned segments[] = {
    0,
    TEXT,
    TCP_ACK,
    TCP_ACK | TEXT,
    TCP_ACK | TCP_URG | TEXT,
    TCP_SYN,
    TCP_SYN | TCP_ACK,
    TCP_SYN | TCP_FIN,
    TCP_SYN | TCP_FIN | TCP_ACK,
    TCP_SYN | TCP_RST,
    TCP_SYN | TCP_RST | TCP_ACK,
    TCP_RST,
    TCP_RST | TCP_ACK,
    TCP_FIN,
    TCP_FIN | TCP_ACK,
    TCP_FIN | TCP_ACK | TEXT,
    TCP_FIN | TCP_RST | TCP_ACK,
};

static size_t failures, cases;

static void try_one(enum stand stand, unsigned flags, enum place place, enum acks acks)
{
    stand_in(stand);
    sent_count = 0;
    assert_int_equal(stands() & ~LISTEN, stand == LISTEN ? CLOSED : stand);
    uint32_t seq = seq_at(place), ack = flags & TCP_ACK ? ack_at(acks) : 0;
    uint32_t len = (flags & TEXT ? 3U : 0) + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
    feed(seq, ack, (uint8_t)flags, flags & TEXT ? 3 : 0);
    const struct rule *r = rule_for(stand, flags, place, acks);
    assert_non_null(r);
    unsigned next = r->next == SAME ? (unsigned)stand : r->next;
    if (next == LISTEN)
        next = CLOSED; /* a port that listens is no state of a connection here */
    cases++;
    if (stands() != next || !is_reply(r->reply, seq, ack, len)) {
        failures++;
        if (failures < 40)
            fprintf(stderr,
                    "stand %#x flags %#x place %d acks %d: rule %d expects reply %d and %#x; "
                    "stands %#x, sent %zu, first %#x seq %u\n",
                    stand, flags, place, acks, (int)(r - rules), r->reply, next, stands(),
                    sent_count, sent[0].flags, (unsigned)(sent[0].seq - nxt));
    }
    wire_pair_wipe(&pair);
}

static void every_state_answers_every_segment_as_the_rfc_says(void **unused)
{
    (void)unused;
    for (unsigned stand = CLOSED; stand <= TIME_WAIT; stand <<= 1) {
        for (size_t i = 0; i < sizeof(segments) / sizeof(segments[0]); i++) {
            for (unsigned place = OLD; place <= BEYOND; place <<= 1) {
                for (unsigned acks = ANCIENT; acks <= UNSENT; acks <<= 1) {
                    /* Without ACK there is but one class; and SND.UNA may be SND.NXT. */
                    if (!(segments[i] & TCP_ACK) && acks != ALL)
                        continue;
                    if (acks == AT_UNA && stand & (CLOSED | LISTEN | FIN_WAIT_2 | TIME_WAIT))
                        continue;
                    try_one((enum stand)stand, segments[i], (enum place)place, (enum acks)acks);
                }
            }
        }
    }
    assert_int_equal(failures, 0);
    assert_true(cases > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_answers_every_segment_as_the_rfc_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
