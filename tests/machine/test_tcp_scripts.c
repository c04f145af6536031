/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs tests/packetdrill/scripts in virtual time: a script is what a peer sends, what it must see of the stack, and what
 * the stack's owner does, each at its time. Each runs over IPv4 and over IPv6, unless it says of which it is. The language
 * is described in tests/packetdrill/README.md. With a path as its argument only that script runs. */
#include "machine/segment_peer.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/icmp_message.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TOLERANCE_US = 4000, SCRIPTS = 200, RUNS_LEAST = 120, LINE = 400, DATA = 1 << 17 };
enum { MTU = 1500, IPV6_MORE = 20 /* octets that its header is longer */ };

static const uint8_t zeros[DATA];

static struct script {
    const char *path;
    int version, line;
    bool is_of_the_other; /* it says so */
    bool has_failed;
    struct segment_peer peer;
    struct instant at; /* of the line */
    size_t seen;       /* of the segments sent, those that lines have told of */
    size_t others_seen;
    uint32_t subject_iss, last_timestamp;
    bool knows_iss;
    struct flow *flow;
    struct stack_setup setup; /* what lines of the beginning say about it */
    uint32_t events[32];      /* those that lines have told of */
} script;

static void complain(const char *what, const char *detail)
{
    if (!script.has_failed)
        fprintf(stderr, "%s:%d: over IPv%d: %s%s%s\n", script.path, script.line, script.version,
                what, *detail ? ": " : "", detail);
    script.has_failed = true;
}

/* ---- words ---- */

/* The next word of a line; in angle brackets all of them, without those. */
static char *next_word(char **rest)
{
    char *at = *rest + strspn(*rest, " \t\n");
    if (!*at)
        return NULL;
    bool is_group = *at == '<' && at[1] != ' ';
    at += is_group;
    size_t len = strcspn(at, is_group ? ">" : " \t\n");
    *rest = at + len + (at[len] != 0);
    at[len] = 0;
    return at;
}

static uint32_t next_number(char **rest)
{
    char *word = next_word(rest), *end = NULL;
    unsigned long value = word ? strtoul(word, &end, 0) : 0;
    if (!word || end == word || *end)
        complain("a number is missing", word ? word : "");
    return (uint32_t)value;
}

struct name {
    const char *text;
    int value;
};

#define NAMED(table, word) find_name(table, sizeof(table) / sizeof(*(table)), word)

static int find_name(const struct name *names, size_t count, const char *word)
{
    for (size_t i = 0; word && i < count; i++) {
        if (strcmp(names[i].text, word) == 0)
            return names[i].value;
    }
    complain("an unknown name", word ? word : "");
    return 0;
}

/* ---- segments ---- */

struct expected {
    struct tcp_segment segment;
    uint32_t len;
    enum ip_ecn ecn;
    bool has_ack, has_window, has_options, has_ecn, has_urgent, echoes_last, has_any_timestamp;
};

static uint8_t flags_of(const char *word)
{
    static const char letters[] = "FSRP.UEW";
    uint8_t flags = 0;
    for (; *word; word++) {
        const char *at = strchr(letters, *word);
        if (!at)
            complain("an unknown flag", word);
        else
            flags |= (uint8_t)(1U << (at - letters));
    }
    return flags;
}

/* "sack 1:2 3:4", each with commas or spaces between. `base` is what the numbers are counted from. */
static void parse_options(char *text, uint32_t sack_base, struct expected *e)
{
    struct tcp_options *o = &e->segment.options;
    e->has_options = true;
    for (char *at = strtok(text, ", "); at; at = strtok(NULL, ", ")) {
        unsigned begin, end;
        if (strcmp(at, "sackOK") == 0) {
            o->has_sack_permitted = true;
        } else if (strcmp(at, "mss") == 0) {
            o->has_mss = true;
            o->mss = (uint16_t)strtoul(strtok(NULL, ", "), NULL, 0);
        } else if (strcmp(at, "wscale") == 0) {
            o->has_scale = true;
            o->scale = (uint8_t)strtoul(strtok(NULL, ", "), NULL, 0);
        } else if (strcmp(at, "val") == 0) {
            char *value = strtok(NULL, ", ");
            o->has_timestamps = true;
            e->has_any_timestamp = strcmp(value, "any") == 0;
            o->timestamp = (uint32_t)strtoul(value, NULL, 0);
        } else if (strcmp(at, "ecr") == 0) {
            char *value = strtok(NULL, ", ");
            e->echoes_last = strcmp(value, "last") == 0;
            o->timestamp_echo = (uint32_t)strtoul(value, NULL, 0);
        } else if (sscanf(at, "%u:%u", &begin, &end) == 2 && o->sack_count < TCP_SACK_BLOCKS) {
            o->sacks[o->sack_count++] = (struct tcp_range){ sack_base + begin, sack_base + end };
        } else if (strcmp(at, "TS") != 0 && strcmp(at, "sack") != 0 && strcmp(at, "nop") != 0) {
            complain("an unknown option", at);
        }
    }
}

/* "[ect0] P. 1:101(100) ack 1 win 100 urg 5 <options>". */
static struct expected parse_segment(char *rest, uint32_t seq_base, uint32_t ack_base)
{
    static const struct name ecns[] = { { "[noecn]", ECN_NOT_CAPABLE },
                                        { "[ect0]", ECN_CAPABLE_0 },
                                        { "[ect1]", ECN_CAPABLE_1 },
                                        { "[ce]", ECN_CONGESTED } };
    struct expected e = { .segment.window = 20000 };
    char *word = next_word(&rest);
    if (word && *word == '[') {
        e.has_ecn = true;
        e.ecn = (enum ip_ecn)NAMED(ecns, word);
        word = next_word(&rest);
    }
    e.segment.flags = flags_of(word ? word : "?");
    word = next_word(&rest);
    unsigned begin, end;
    if (!word || sscanf(word, "%u:%u(%u)", &begin, &end, &e.len) != 3 || end - begin != e.len)
        complain("no sequence numbers", word ? word : "");
    else
        e.segment.seq = seq_base + begin;
    while ((word = next_word(&rest))) {
        if (strcmp(word, "ack") == 0) {
            e.segment.ack = ack_base + next_number(&rest);
            e.has_ack = true;
        } else if (strcmp(word, "win") == 0) {
            e.segment.window = (uint16_t)next_number(&rest);
            e.has_window = true;
        } else if (strcmp(word, "urg") == 0) {
            e.segment.urgent_pointer = (uint16_t)next_number(&rest);
            e.has_urgent = true;
        } else {
            parse_options(word, ack_base, &e);
        }
    }
    return e;
}

static void inject(char *rest)
{
    static uint8_t out[DATA + 100];
    struct segment_peer *p = &script.peer;
    struct expected e = parse_segment(rest, SEGMENT_PEER_ISS, script.subject_iss);
    struct tcp_segment *s = &e.segment;
    s->source_port = p->peer.port;
    s->destination_port = p->subject.port;
    if (e.echoes_last)
        s->options.timestamp_echo = script.last_timestamp;
    struct ip_header ip = {
        .source = p->peer.address,
        .destination = p->subject.address,
        .protocol = IP_TCP,
        .ttl = 64,
        .dont_fragment = true,
        .ecn = e.ecn,
    };
    size_t tcp_len = TCP_HEADER_LEN + tcp_segment_options_len(&s->options);
    size_t at = ip_header_write(&ip, tcp_len + e.len, out);
    tcp_segment_write(s, out + at);
    memcpy(out + at + tcp_len, zeros, e.len);
    uint32_t len = (uint32_t)tcp_len + e.len;
    uint64_t sum = checksum_pseudo_header(&ip.source, &ip.destination, IP_TCP, len);
    uint16_t checksum = checksum_finish(checksum_add(sum, bytes_of(out + at, len)));
    out[at + TCP_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
    out[at + TCP_CHECKSUM_AT + 1] = (uint8_t)checksum;
    wire_pair_feed(&p->pair, 1, bytes_of(out, at + len));
    wire_pair_pump(&p->pair);
}

static const struct name meanings[] = {
    { "net", ICMP_NET_UNREACHABLE },           { "host", ICMP_HOST_UNREACHABLE },
    { "protocol", ICMP_PROTOCOL_UNREACHABLE }, { "port", ICMP_PORT_UNREACHABLE },
    { "prohibited", ICMP_PROHIBITED },         { "too_big", ICMP_PACKET_TOO_BIG },
    { "time_exceeded", ICMP_TIME_EXCEEDED }
};

/* "icmp too_big 1000 seq 1". */
static void inject_icmp(char *rest)
{
    struct segment_peer *p = &script.peer;
    enum icmp_meaning meaning = (enum icmp_meaning)NAMED(meanings, next_word(&rest));
    uint32_t mtu = meaning == ICMP_PACKET_TOO_BIG ? next_number(&rest) : 0;
    uint8_t cause[60], out[600];
    struct ip_header ip = { .source = p->subject.address,
                            .destination = p->peer.address,
                            .protocol = IP_TCP,
                            .ttl = 60,
                            .dont_fragment = true };
    struct tcp_segment s = { .source_port = p->subject.port,
                             .destination_port = p->peer.port,
                             .seq = script.subject_iss + next_number(&rest) };
    size_t at = ip_header_write(&ip, TCP_HEADER_LEN, cause);
    at += tcp_segment_write(&s, cause + at);
    size_t len = icmp_message_answer(meaning, mtu, bytes_of(cause, at), &p->peer.address,
                                     (struct span){ out, sizeof(out) });
    wire_pair_feed(&p->pair, 1, bytes_of(out, len));
    wire_pair_pump(&p->pair);
}

static bool has_same_options(const struct expected *e, const struct tcp_options *got)
{
    const struct tcp_options *o = &e->segment.options;
    bool is_same = o->has_mss == got->has_mss && o->has_scale == got->has_scale &&
                   o->has_sack_permitted == got->has_sack_permitted &&
                   o->has_timestamps == got->has_timestamps && o->sack_count == got->sack_count;
    is_same &= !o->has_mss || o->mss == got->mss;
    is_same &= !o->has_scale || o->scale == got->scale;
    is_same &= !o->has_timestamps || e->has_any_timestamp || o->timestamp == got->timestamp;
    is_same &= !o->has_timestamps || o->timestamp_echo == got->timestamp_echo;
    for (size_t i = 0; is_same && i < o->sack_count; i++)
        is_same = o->sacks[i].begin == got->sacks[i].begin && o->sacks[i].end == got->sacks[i].end;
    return is_same;
}

/* A segment as a script would write it, without its options. */
static const char *describe(size_t i)
{
    static char text[200];
    const struct tcp_segment *s = &script.peer.sent[i];
    char flags[9] = "";
    size_t count = 0;
    for (int bit = 0; bit < 8; bit++) {
        if (s->flags >> bit & 1)
            flags[count++] = "FSRP.UEW"[bit];
    }
    flags[count] = 0;
    uint32_t begin = s->seq - script.subject_iss;
    snprintf(text, sizeof(text), "sent at %.3f: %s %u:%u(%zu) ack %u win %u, %u SACKs",
             (double)(script.peer.sent_at[i].us - 1000000) / 1e6, flags, (unsigned)begin,
             (unsigned)(begin + s->payload.len), s->payload.len,
             (unsigned)(s->ack - SEGMENT_PEER_ISS), s->window, s->options.sack_count);
    return text;
}

static void expect(char *rest)
{
    struct segment_peer *p = &script.peer;
    if (script.seen == p->sent_count)
        wire_pair_run(&p->pair, TOLERANCE_US / 1000);
    if (script.seen == p->sent_count) {
        complain("nothing was sent", "");
        return;
    }
    size_t i = script.seen++;
    const struct tcp_segment *got = &p->sent[i];
    if (!script.knows_iss && got->flags & TCP_SYN) {
        script.knows_iss = true;
        script.subject_iss = got->seq;
    }
    struct expected e = parse_segment(rest, script.subject_iss, SEGMENT_PEER_ISS);
    script.last_timestamp = got->options.timestamp;
    int64_t late_us = p->sent_at[i].us - script.at.us;
    bool is_right = got->flags == e.segment.flags && got->seq == e.segment.seq &&
                    got->payload.len == e.len && (!e.has_ack || got->ack == e.segment.ack) &&
                    (!e.has_window || got->window == e.segment.window) &&
                    (!e.has_urgent || got->urgent_pointer == e.segment.urgent_pointer) &&
                    (!e.has_ecn || p->ip[i].ecn == e.ecn);
    if (!is_right)
        complain("another segment", describe(i));
    else if (e.has_options && !has_same_options(&e, &got->options))
        complain("other options", describe(i));
    else if (late_us < -TOLERANCE_US || late_us > TOLERANCE_US)
        complain("at another time", describe(i));
}

/* "icmp_said host 0": about the peer's segment with that number. */
static void expect_icmp(char *rest)
{
    struct segment_peer *p = &script.peer;
    if (script.others_seen == p->others)
        wire_pair_run(&p->pair, TOLERANCE_US / 1000);
    if (script.others_seen == p->others) {
        complain("no ICMP was sent", "");
        return;
    }
    script.others_seen++;
    enum icmp_meaning meaning = (enum icmp_meaning)NAMED(meanings, next_word(&rest));
    const struct icmp_quote *quote = &p->other_quotes;
    if (p->other.meaning != meaning)
        complain("another message of ICMP", "");
    else if (quote->seq != SEGMENT_PEER_ISS + next_number(&rest) ||
             quote->source.port != p->peer.port || quote->destination.port != p->subject.port ||
             !ip_address_equal(&quote->source.address, &p->peer.address) ||
             !ip_address_equal(&quote->destination.address, &p->subject.address))
        complain("it quotes another segment", "");
}

/* ---- what the owner does ---- */

static struct flow *the_flow(void)
{
    if (!script.flow)
        script.flow = segment_peer_flow(&script.peer);
    if (!script.flow)
        complain("there is no connection", "");
    return script.flow;
}

static void set_option(char *rest)
{
    struct flow_options o = flow_options(the_flow());
    const char *name = next_word(&rest);
    uint32_t value = next_number(&rest);
    if (strcmp(name, "no_delay") == 0)
        o.no_delay = value > 0;
    else if (strcmp(name, "corked") == 0)
        o.is_corked = value > 0;
    else if (strcmp(name, "keep_alive_ms") == 0)
        o.keep_alive_ms = value;
    else if (strcmp(name, "user_timeout_ms") == 0)
        o.user_timeout_ms = value;
    else if (strcmp(name, "receive_max") == 0)
        o.receive_max = value;
    else
        complain("an unknown option", name);
    flow_set_options(the_flow(), &o, script.peer.pair.now);
}

static void read_data(uint32_t count)
{
    struct flow *flow = the_flow();
    for (struct bytes data; count > 0 && (data = flow_received(flow)).len > 0;) {
        size_t len = data.len < count ? data.len : count;
        flow_consume(flow, len, script.peer.pair.now);
        count -= (uint32_t)len;
    }
    if (count > 0)
        complain("there was less to read", "");
}

static void expect_state(const char *name)
{
    const char *is = flow_state_name(flow_status(the_flow()).state);
    if (!name || strcmp(is, name) != 0)
        complain("it is in state", is);
}

static void expect_event(const char *name)
{
    static const struct name kinds[] = {
        { "ASKED", FLOW_ASKED },
        { "OPENED", FLOW_OPENED },
        { "DATA", FLOW_DATA },
        { "ACKED", FLOW_ACKED },
        { "SOFT_ERROR", FLOW_SOFT_ERROR },
        { "PEER_CLOSED", FLOW_PEER_CLOSED },
        { "SLOW", FLOW_SLOW },
        { "URGENT", FLOW_URGENT },
        { "CLOSED", FLOW_CLOSED },
        { "REFUSED", FLOW_REFUSED },
        { "RESET", FLOW_RESET },
        { "TIMED_OUT", FLOW_TIMED_OUT },
        { "UNREACHABLE", FLOW_UNREACHABLE },
    };
    int kind = NAMED(kinds, name);
    if (script.peer.pair.hosts[1].events[kind] <= script.events[kind])
        complain("the owner was not told", name ? name : "");
    script.events[kind]++;
}

static void refuse(const char *how)
{
    static const struct name hows[] = { { "reset", FLOW_REFUSE_RESET },
                                        { "host", FLOW_REFUSE_UNREACHABLE },
                                        { "prohibited", FLOW_REFUSE_PROHIBITED },
                                        { "silently", FLOW_REFUSE_SILENTLY } };
    flow_refuse(the_flow(), (enum flow_refusal)NAMED(hows, how), script.peer.pair.now);
    script.flow = NULL;
}

static void expect_number(const char *what, uint32_t is, uint32_t wanted)
{
    char text[40];
    snprintf(text, sizeof(text), "%s is %u", what, (unsigned)is);
    if (is != wanted)
        complain("another number", text);
}

static bool ask_about(const char *verb, char *rest)
{
    struct stack *stack = script.peer.pair.hosts[1].stack;
    if (strcmp(verb, "state") == 0)
        expect_state(next_word(&rest));
    else if (strcmp(verb, "event") == 0)
        expect_event(next_word(&rest));
    else if (strcmp(verb, "unread") == 0)
        expect_number(verb, flow_status(the_flow()).unread, next_number(&rest));
    else if (strcmp(verb, "mss") == 0)
        expect_number(verb, flow_status(the_flow()).mss, next_number(&rest));
    else if (strcmp(verb, "cwnd") == 0)
        expect_number(verb, flow_status(the_flow()).congestion_window, next_number(&rest));
    else if (strcmp(verb, "time_wait") == 0)
        expect_number(verb, (uint32_t)stack_counts(stack)->time_wait_now, next_number(&rest));
    else if (strcmp(verb, "cookies_right") == 0)
        expect_number(verb, (uint32_t)stack_counts(stack)->cookies_right, next_number(&rest));
    else
        return false;
    return true;
}

static void write_now(uint32_t count)
{
    if (flow_send(the_flow(), bytes_of(zeros, count), script.peer.pair.now) != count)
        complain("it takes less", "");
}

static void do_as_owner(const char *verb, char *rest)
{
    struct segment_peer *p = &script.peer;
    struct instant now = p->pair.now;
    if (strcmp(verb, "port") == 0) {
        p->peer.port = (uint16_t)next_number(&rest);
        script.knows_iss = false;
    } else if (strcmp(verb, "connect") == 0) {
        p->subject.port = 5555;
        if (flow_connect(p->pair.hosts[1].stack, &p->peer, 5555, now, &script.flow) != OK)
            complain("it cannot connect", "");
    } else if (strcmp(verb, "defer") == 0) {
        flow_unlisten(p->pair.hosts[1].stack, SEGMENT_PEER_LISTENS);
        if (flow_listen(p->pair.hosts[1].stack, SEGMENT_PEER_LISTENS, true) != OK)
            complain("it cannot listen", "");
    } else if (strcmp(verb, "unlisten") == 0) {
        flow_unlisten(p->pair.hosts[1].stack, SEGMENT_PEER_LISTENS);
    } else if (strcmp(verb, "write") == 0) {
        write_now(next_number(&rest));
    } else if (strcmp(verb, "write_more") == 0) {
        uint32_t count = next_number(&rest);
        if (flow_send_more(the_flow(), bytes_of(zeros, count), now) != count)
            complain("it takes less", "");
    } else if (strcmp(verb, "write_record") == 0) {
        write_now(next_number(&rest));
        flow_end_record(the_flow(), now);
    } else if (strcmp(verb, "push") == 0) {
        flow_push(the_flow(), now);
    } else if (strcmp(verb, "urgent") == 0) {
        flow_mark_urgent(the_flow(), now);
    } else if (strcmp(verb, "read") == 0) {
        read_data(next_number(&rest));
    } else if (strcmp(verb, "keep") == 0) {
        p->pair.hosts[1].keeps_data = true;
    } else if (strcmp(verb, "set") == 0) {
        set_option(rest);
    } else if (strcmp(verb, "admit") == 0) {
        flow_admit(the_flow(), now);
    } else if (strcmp(verb, "refuse") == 0) {
        refuse(next_word(&rest));
    } else if (strcmp(verb, "close") == 0) {
        flow_close(the_flow(), now);
    } else if (strcmp(verb, "abort") == 0) {
        flow_abort(the_flow(), now);
    } else if (strcmp(verb, "release") == 0) {
        flow_release(the_flow(), now);
    } else if (strcmp(verb, "abandon") == 0) {
        flow_abandon(the_flow(), now);
    } else if (!ask_about(verb, rest)) {
        complain("an unknown verb", verb);
    }
    wire_pair_pump(&p->pair);
}

/* ---- a script ---- */

static void change_setup(struct stack_setup *setup, int host)
{
    (void)host;
    /* The same numbers hold for both versions. */
    setup->mtu = script.setup.mtu ? script.setup.mtu : MTU;
    if (script.version == 6)
        setup->mtu += IPV6_MORE;
    if (script.setup.mss_max)
        setup->mss_max = script.setup.mss_max;
    setup->has_large_segments = script.setup.large_segments_min > 0;
    setup->large_segments_min = script.setup.large_segments_min;
    if (script.setup.receive_max)
        setup->receive_max = script.setup.receive_max;
    if (script.setup.pending_max)
        setup->pending_max = script.setup.pending_max;
    setup->has_no_timestamps = script.setup.has_no_timestamps;
    setup->asks_for_ecn = script.setup.asks_for_ecn;
    setup->congestion = script.setup.congestion;
}

/* "setup mtu 1280": before everything else. */
static void read_setup(char *rest)
{
    const char *name = next_word(&rest);
    if (strcmp(name, "ipv4") == 0)
        script.is_of_the_other = script.version != 4;
    else if (strcmp(name, "ipv6") == 0)
        script.is_of_the_other = script.version != 6;
    else if (strcmp(name, "ecn") == 0)
        script.setup.asks_for_ecn = true;
    else if (strcmp(name, "no_timestamps") == 0)
        script.setup.has_no_timestamps = true;
    else if (strcmp(name, "reno") == 0)
        script.setup.congestion = CONGESTION_RENO;
    else if (strcmp(name, "mtu") == 0)
        script.setup.mtu = (uint16_t)next_number(&rest);
    else if (strcmp(name, "mss_max") == 0)
        script.setup.mss_max = (uint16_t)next_number(&rest);
    else if (strcmp(name, "large_segments") == 0)
        script.setup.large_segments_min = (uint16_t)next_number(&rest);
    else if (strcmp(name, "receive_max") == 0)
        script.setup.receive_max = next_number(&rest);
    else if (strcmp(name, "pending_max") == 0)
        script.setup.pending_max = next_number(&rest);
    else
        complain("an unknown setting", name);
}

static void check_nothing_else(void)
{
    if (script.seen < script.peer.sent_count)
        complain("this was not expected", describe(script.seen));
    if (script.others_seen < script.peer.others)
        complain("no ICMP was expected", "");
}

static void run_line(char *line)
{
    struct segment_peer *p = &script.peer;
    char *rest = line, *time = next_word(&rest);
    script.at.us += (int64_t)(strtod(time, NULL) * 1e6 + 0.5);
    int64_t wait_us = script.at.us - p->pair.now.us;
    if (wait_us > 0)
        wire_pair_run(&p->pair, (wait_us + 999) / 1000);
    char *verb = next_word(&rest);
    if (*time != '+' || !verb) {
        complain("no time or nothing to do", line);
        return;
    }
    if (strcmp(verb, ">") == 0) {
        expect(rest);
        return;
    }
    if (strcmp(verb, "icmp_said") == 0) {
        expect_icmp(rest);
        return;
    }
    check_nothing_else();
    if (strcmp(verb, "<") == 0)
        inject(rest);
    else if (strcmp(verb, "icmp") == 0)
        inject_icmp(rest);
    else if (strcmp(verb, "nothing") != 0)
        do_as_owner(verb, rest);
}

static void begin(void)
{
    struct segment_peer *p = &script.peer;
    segment_peer_init(p, change_setup);
    p->peer = wire_pair_endpoint(0, script.version, SEGMENT_PEER_PORT);
    p->subject = wire_pair_endpoint(1, script.version, SEGMENT_PEER_LISTENS);
    script.at = p->pair.now;
}

/* False: it is no script of this version. */
static bool run_file(FILE *file)
{
    char line[LINE];
    bool has_begun = false, names_rfc = false;
    while (!script.has_failed && fgets(line, sizeof(line), file)) {
        script.line++;
        names_rfc |= *line == '#' && strstr(line, "RFC") && strstr(line, "section");
        if (*line == '#' || !line[strspn(line, " \t\n")])
            continue;
        if (strncmp(line, "setup ", 6) == 0) {
            read_setup(line + 6);
            continue;
        }
        if (script.is_of_the_other)
            return false;
        if (!has_begun)
            begin();
        has_begun = true;
        run_line(line);
    }
    if (!has_begun || !names_rfc) {
        complain("it does nothing, or does not say what RFC and section it is about", "");
        return true;
    }
    check_nothing_else();
    segment_peer_wipe(&script.peer);
    return true;
}

static size_t runs;

static bool passes_over(const char *path, int version)
{
    FILE *file = fopen(path, "r");
    memset(&script, 0, sizeof(script));
    script.path = path;
    script.version = version;
    if (!file) {
        complain("cannot be read", "");
        return false;
    }
    runs += run_file(file);
    fclose(file);
    return !script.has_failed;
}

static bool passes(const char *path)
{
    bool passes_v4 = passes_over(path, 4);
    return passes_over(path, 6) && passes_v4;
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void the_stack_does_what_the_scripts_say(void **unused)
{
    (void)unused;
    static char paths[SCRIPTS][512];
    static const char folder[] = TEST_DATA "/../packetdrill/scripts";
    size_t count = 0, failures = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".pkt") != 0)
            continue;
        assert_true(count < SCRIPTS);
        snprintf(paths[count++], sizeof(paths[0]), "%s/%s", folder, entry->d_name);
    }
    closedir(directory);
    qsort(paths, count, sizeof(paths[0]), compare);
    for (size_t i = 0; i < count; i++)
        failures += !passes(paths[i]);
    assert_int_equal(failures, 0);
    assert_true(runs >= RUNS_LEAST);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return passes(argv[1]) ? 0 : 1;
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_stack_does_what_the_scripts_say) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
