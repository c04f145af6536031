/* SPDX-License-Identifier: BSD-2-Clause */
/* Every state against every class of segments: flags, where its number lies, what it acknowledges, whether timestamps are in
 * use and what its own is; over IPv4 and IPv6, and where that matters at a window that is closed. What is expected is the
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

enum { /* beside the flags of a segment */
       TEXT = 0x100,
       OUTDATED = 0x200,  /* timestamps are in use, and its own is before TS.Recent */
       UNSTAMPED = 0x400, /* timestamps are in use, and it has none */
       SHUT = 0x800,      /* the subject's window is closed */
};

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
    bool gets_through; /* to steps six to eight: URG, and what is next of text and FIN, count */
} rules[] = {
    /* 3.10.7.1 */
    { CLOSED, TCP_RST, 0, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    { CLOSED, TCP_ACK, 0, ANYWHERE, WHATEVER, RST_OF_ACK, SAME, false },
    { CLOSED, 0, 0, ANYWHERE, WHATEVER, RST_WITH_ACK, SAME, false },
    /* 3.10.7.2 */
    { LISTEN, TCP_RST, 0, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    { LISTEN, TCP_ACK, 0, ANYWHERE, WHATEVER, RST_OF_ACK, SAME, false },
    { LISTEN, TCP_SYN, 0, ANYWHERE, WHATEVER, SYN_ACK, SYN_RCVD_PASSIVE, false },
    { LISTEN, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    /* 3.10.7.3 first to fifth */
    { SYN_SENT, TCP_ACK | TCP_RST, 0, ANYWHERE, NOT_ALL, NOTHING, SAME, false },
    { SYN_SENT, TCP_ACK, 0, ANYWHERE, NOT_ALL, RST_OF_ACK, SAME, false },
    { SYN_SENT, TCP_RST | TCP_ACK, 0, ANYWHERE, ALL, NOTHING, CLOSED, false },
    { SYN_SENT, TCP_RST, 0, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    { SYN_SENT, TCP_SYN | TCP_ACK | TCP_FIN, 0, ANYWHERE, ALL, ACK, CLOSE_WAIT, true },
    { SYN_SENT, TCP_SYN | TCP_ACK, 0, ANYWHERE, ALL, ACK, ESTABLISHED, true },
    { SYN_SENT, TCP_SYN, 0, ANYWHERE, WHATEVER, SYN_ACK, SYN_RCVD_ACTIVE, false },
    { SYN_SENT, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    /* 3.10.7.4 first. TIME-WAIT: a reset is ignored (RFC 1337 section 3), a SYN behind all that came may begin anew (MAY-2),
     * but not with a timestamp of the old connection (RFC 6191). */
    { TIME_WAIT, TCP_RST, 0, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    { TIME_WAIT, TCP_SYN, TCP_ACK | OUTDATED, INSIDE | BEYOND, WHATEVER, SYN_ACK, SYN_RCVD_PASSIVE,
      false },
    /* RFC 7323 section 3.2; but a peer that has forgotten a connection is told so (RFC 5961 section 4.2) */
    { ANY, UNSTAMPED, TCP_RST | TCP_SYN, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    { ANY, OUTDATED, TCP_RST, ANYWHERE, WHATEVER, ACK, SAME, false }, /* section 5.3, R1 */
    { ANY, TCP_RST, 0, OLD | BEYOND, WHATEVER, NOTHING, SAME, false },
    { ANY, 0, 0, OLD | BEYOND, WHATEVER, ACK, SAME, false },
    /* second: RFC 5961 section 3.2 */
    { SYN_RCVD_PASSIVE, TCP_RST, 0, NEXT, WHATEVER, NOTHING, LISTEN, false },
    { ANY, TCP_RST, 0, NEXT, WHATEVER, NOTHING, CLOSED, false },
    { ANY, TCP_RST, 0, INSIDE, WHATEVER, ACK, SAME, false },
    /* fourth: RFC 5961 section 4.2 */
    { SYN_RCVD_PASSIVE, TCP_SYN, 0, ANYWHERE, WHATEVER, NOTHING, LISTEN, false },
    { ANY, TCP_SYN, 0, ANYWHERE, WHATEVER, ACK, SAME, false },
    /* first again: at a closed window text and FIN are not acceptable, but the ACK that is with them is (MUST-66) */
    { ANY, SHUT | TEXT, TCP_ACK, ANYWHERE, WHATEVER, ACK, SAME, false },
    { ANY, SHUT | TCP_FIN, TCP_ACK, ANYWHERE, WHATEVER, ACK, SAME, false },
    /* fifth */
    { ANY, 0, TCP_ACK, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    { SYN_RCVD, 0, 0, ANYWHERE, NOT_ALL, RST_OF_ACK, SAME, false },
    { SYN_RCVD, TCP_FIN, 0, NEXT, ALL, ACK, CLOSE_WAIT, true },
    { SYN_RCVD, TCP_FIN, 0, INSIDE, ALL, ACK, ESTABLISHED, true },
    { SYN_RCVD, TEXT, 0, ANYWHERE, ALL, ACK, ESTABLISHED, true },
    { SYN_RCVD, 0, 0, ANYWHERE, ALL, NOTHING, ESTABLISHED, true },
    { TIME_WAIT, TCP_FIN, 0, ANYWHERE, WHATEVER, ACK, SAME, false },
    { TIME_WAIT, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME, false },
    { ANY, 0, 0, ANYWHERE, ANCIENT | UNSENT, ACK, SAME, false }, /* RFC 5961 section 5.2 */
    /* fifth, seventh and eighth together */
    { FIN_WAIT_1, SHUT | TCP_FIN, 0, ANYWHERE, ALL, ACK, FIN_WAIT_2, true },
    { RECEIVING, SHUT | TCP_FIN, 0, ANYWHERE, WHATEVER, ACK, SAME, true },
    { FIN_WAIT_1, TCP_FIN, 0, NEXT, ALL, ACK, TIME_WAIT, true },
    { FIN_WAIT_1, TCP_FIN, 0, INSIDE, ALL, ACK, FIN_WAIT_2, true },
    { FIN_WAIT_1, TEXT, 0, ANYWHERE, ALL, ACK, FIN_WAIT_2, true },
    { FIN_WAIT_1, 0, 0, ANYWHERE, ALL, NOTHING, FIN_WAIT_2, true },
    { CLOSING, 0, 0, ANYWHERE, ALL, NOTHING, TIME_WAIT, false },
    { LAST_ACK, 0, 0, ANYWHERE, ALL, NOTHING, CLOSED, false },
    { ESTABLISHED, TCP_FIN, 0, NEXT, WHATEVER, ACK, CLOSE_WAIT, true },
    { FIN_WAIT_1, TCP_FIN, 0, NEXT, WHATEVER, ACK, CLOSING, true },
    { FIN_WAIT_2, TCP_FIN, 0, NEXT, WHATEVER, ACK, TIME_WAIT, true },
    { RECEIVING, TCP_FIN, 0, INSIDE, WHATEVER, ACK, SAME, true },
    { RECEIVING, TEXT, 0, ANYWHERE, WHATEVER, ACK, SAME, true },
    { RECEIVING, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME, true },
    { ANY, 0, 0, ANYWHERE, WHATEVER, NOTHING, SAME, false }, /* text and FIN should not occur */
};

/* ---- the subject: host 1 of a pair; the peer is this test ---- */

enum { PEER_ISS = 5000, PORT = 80, PEER_PORT = 4000, WINDOW = 20000, SENT_MAX = 16 };
enum { TEXT_LEN = 3, FULL = 1400, STAMP = 90000 };

/* In what the cases are tried; the pseudo flags are of the segment alone. */
static struct circumstances {
    int version;
    bool has_timestamps, is_shut;
} now;

static struct wire_pair pair;
static struct ip_endpoint peer, subject;
static struct tcp_segment sent[SENT_MAX]; /* by the subject */
static size_t sent_count;
static uint32_t una, nxt, rcv_nxt, edge; /* of the subject */
static uint32_t stamp;                   /* its last */

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
    if (s->options.has_timestamps)
        stamp = s->options.timestamp;
    return WIRE_IS_LOST;
}

static void feed(uint32_t seq, uint32_t ack, unsigned flags, size_t len)
{
    static const char text[FULL] = "0123456789";
    struct tcp_segment s = { .seq = seq, .ack = ack, .flags = (uint8_t)flags, .window = WINDOW };
    s.urgent_pointer = flags & TCP_URG ? TEXT_LEN : 0;
    s.payload = bytes_of(text, len);
    s.options.has_timestamps = now.has_timestamps && !(flags & UNSTAMPED);
    s.options.timestamp = flags & OUTDATED ? STAMP - 1 : STAMP;
    s.options.timestamp_echo = stamp;
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

/* Its owner reads nothing until there is no room left. */
static void shut_window(void)
{
    while (rcv_nxt != edge) {
        size_t len = edge - rcv_nxt < FULL ? edge - rcv_nxt : FULL;
        sent_count = 0;
        feed(rcv_nxt, una, TCP_ACK, len);
        rcv_nxt += (uint32_t)len;
        wire_pair_run(&pair, 1000);
    }
}

/* Brings the subject there. With ESTABLISHED and CLOSE-WAIT something is in flight. */
static void stand_in(enum stand stand)
{
    wire_pair_init(&pair, use_little);
    pair.filter = note;
    pair.hosts[1].keeps_data = now.is_shut;
    peer = wire_pair_endpoint(0, now.version, PEER_PORT);
    subject = wire_pair_endpoint(1, now.version, PORT);
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
    if (now.is_shut)
        shut_window();
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

/* What of a segment the subject takes, as its rule has it. */
struct taken {
    size_t text, fin;
    bool urgent;
    uint32_t next; /* RCV.NXT from then on */
};

static struct taken taken_of(const struct rule *r, enum stand stand, unsigned flags, uint32_t seq)
{
    struct taken t = { .next = rcv_nxt };
    if (!r->gets_through)
        return t;
    if (stand == SYN_SENT)
        rcv_nxt = seq;
    t.urgent = flags & TCP_URG;
    if (seq == rcv_nxt && !(flags & SHUT)) {
        t.text = flags & TEXT ? TEXT_LEN : 0;
        t.fin = !!(flags & TCP_FIN);
        t.next = seq + !!(flags & TCP_SYN) + (uint32_t)(t.text + t.fin);
    }
    return t;
}

static bool was_taken(const struct taken *t)
{
    const struct wire_host *h = &pair.hosts[1];
    bool has_flow = h->flow && flow_status(h->flow).state != FLOW_STATE_CLOSED;
    return h->read_len == t->text && (t->text == 0 || memcmp(h->read, "012", TEXT_LEN) == 0) &&
           h->events[FLOW_PEER_CLOSED] == t->fin && h->events[FLOW_URGENT] == t->urgent &&
           (!has_flow || stands() & (SYN_SENT | SYN_RCVD) ||
            flow_status(h->flow).receive_next == t->next);
}

static bool has_right_timestamp(const struct tcp_segment *s, bool is_expected)
{
    return s->options.has_timestamps == is_expected &&
           (!is_expected || s->options.timestamp_echo == STAMP);
}

/* The number of a SYN-ACK: our SYN's, or behind all of the connection before (RFC 1122 section 4.2.2.13). */
static bool is_initial(uint32_t seq, enum stand stand)
{
    return stand == SYN_SENT ? seq == una : stand != TIME_WAIT || (int32_t)(seq - nxt) > 0;
}

static bool is_reply(enum reply reply, enum stand stand, const struct tcp_segment *to,
                     unsigned flags, uint32_t next)
{
    if (reply == NOTHING)
        return sent_count == 0;
    const struct tcp_segment *s = &sent[0];
    if (sent_count != 1 || s->payload.len != 0)
        return false;
    switch (reply) {
    case ACK:
        return s->flags == TCP_ACK && s->seq == nxt && s->ack == next &&
               has_right_timestamp(s, now.has_timestamps);
    case SYN_ACK:
        return s->flags == (TCP_SYN | TCP_ACK) && s->ack == to->seq + 1 &&
               is_initial(s->seq, stand) &&
               has_right_timestamp(s, now.has_timestamps && !(flags & UNSTAMPED));
    case RST_OF_ACK:
        return s->flags == TCP_RST && s->seq == to->ack;
    case RST_WITH_ACK:
        return s->flags == (TCP_RST | TCP_ACK) && s->seq == 0 &&
               s->ack == to->seq + tcp_segment_len(to);
    case NOTHING:
        break;
    }
    return false;
}

/* Whether the numbers of a SYN-ACK are those with which the handshake ends. */
static bool can_open(const struct tcp_segment *to)
{
    feed(to->seq + 1, sent[0].seq + 1, TCP_ACK, 0);
    return stands() == ESTABLISHED;
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

static void forget(void)
{
    sent_count = 0;
    pair.hosts[1].read_len = 0;
    memset(pair.hosts[1].events, 0, sizeof(pair.hosts[1].events));
}

static void try_one(enum stand stand, unsigned flags, enum place place, enum acks acks)
{
    stand_in(stand);
    assert_int_equal(stands() & ~LISTEN, stand == LISTEN ? CLOSED : stand);
    forget();
    const struct tcp_segment to = { .seq = seq_at(place),
                                    .ack = flags & TCP_ACK ? ack_at(acks) : 0,
                                    .flags = (uint8_t)flags,
                                    .payload = bytes_of("012", flags & TEXT ? TEXT_LEN : 0) };
    const struct rule *r = rule_for(stand, flags, place, acks);
    assert_non_null(r);
    const struct taken taken = taken_of(r, stand, flags, to.seq);
    feed(to.seq, to.ack, flags, to.payload.len);
    unsigned next = r->next == SAME ? (unsigned)stand : r->next;
    if (next == LISTEN)
        next = CLOSED; /* a port that listens is no state of a connection here */
    cases++;
    unsigned is_now = stands();
    if (is_now != next || !is_reply(r->reply, stand, &to, flags, taken.next) ||
        !was_taken(&taken) || (r->reply == SYN_ACK && !can_open(&to))) {
        failures++;
        if (failures < 40)
            fprintf(
                stderr,
                "IPv%d%s stand %#x flags %#x place %d acks %d: rule %d expects reply %d and "
                "%#x, %zu+%zu octets; stands %#x, sent %zu, first %#x seq %d ack %d, read %zu\n",
                now.version, now.has_timestamps ? " stamped" : "", stand, flags, place, acks,
                (int)(r - rules), r->reply, next, taken.text, taken.fin, is_now, sent_count,
                sent[0].flags, (int)(sent[0].seq - nxt), (int)(sent[0].ack - taken.next),
                pair.hosts[1].read_len);
    }
    wire_pair_wipe(&pair);
}

static bool is_a_case(unsigned stand, unsigned flags, enum place place, enum acks acks)
{
    /* Without ACK there is but one class; and SND.UNA may be SND.NXT. */
    if (!(flags & TCP_ACK) && acks != ALL)
        return false;
    if (acks == AT_UNA && stand & (CLOSED | LISTEN | FIN_WAIT_2 | TIME_WAIT))
        return false;
    if (flags & (OUTDATED | UNSTAMPED) && !(stand & ANY))
        return false;
    return !now.is_shut || (stand & RECEIVING && place != INSIDE);
}

static void try_all_places(unsigned stand, unsigned flags)
{
    for (unsigned place = OLD; place <= BEYOND; place <<= 1)
        for (unsigned acks = ANCIENT; acks <= UNSENT; acks <<= 1)
            if (is_a_case(stand, flags, (enum place)place, (enum acks)acks))
                try_one((enum stand)stand, flags, (enum place)place, (enum acks)acks);
}

static void try_all(unsigned extra)
{
    for (unsigned stand = CLOSED; stand <= TIME_WAIT; stand <<= 1)
        for (size_t i = 0; i < sizeof(segments) / sizeof(segments[0]); i++)
            try_all_places(stand, segments[i] | extra);
}

static void every_state_answers_every_segment_as_the_rfc_says(void **state)
{
    now = *(const struct circumstances *)*state;
    failures = cases = 0;
    unsigned shut = now.is_shut ? SHUT : 0;
    try_all(shut);
    if (now.has_timestamps) {
        try_all(shut | OUTDATED);
        try_all(shut | UNSTAMPED);
    }
    assert_int_equal(failures, 0);
    assert_true(cases > (now.is_shut ? 400 : 2000));
}

/* Their names tell them apart: "… over IPv4, with timestamps, at a closed window". */
#define CASES(version, has_timestamps, is_shut, where)                                             \
    {                                                                                              \
        "every_state_answers_every_segment_as_the_rfc_says" where,                                 \
            every_state_answers_every_segment_as_the_rfc_says, NULL, NULL, &(struct circumstances) \
        {                                                                                          \
            version, has_timestamps, is_shut                                                       \
        }                                                                                          \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES(4, false, false, " over IPv4"),
        CASES(4, false, true, " over IPv4, at a closed window"),
        CASES(4, true, false, " over IPv4, with timestamps"),
        CASES(4, true, true, " over IPv4, with timestamps, at a closed window"),
        CASES(6, false, false, " over IPv6"),
        CASES(6, false, true, " over IPv6, at a closed window"),
        CASES(6, true, false, " over IPv6, with timestamps"),
        CASES(6, true, true, " over IPv6, with timestamps, at a closed window"),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
