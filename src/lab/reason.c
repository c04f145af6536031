/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/reason.h"

#include "tcpip/tcp/seq.h"

#include <stdio.h>
#include <string.h>

static const char *end_name(int host)
{
    return host == 0 ? "client" : "server";
}

static bool has(const struct story_segment *s, unsigned flags)
{
    return (s->tcp.flags & flags) == flags;
}

void reason_label(const struct story *story, const struct story_segment *s, char out[REASON_TEXT])
{
    if (!s->is_tcp) {
        (void)snprintf(out, REASON_TEXT, "ICMP %s", s->text);
        return;
    }
    char flags[40], seq[24], ack[24], data[32] = "";
    story_flags(s->tcp.flags, flags);
    (void)snprintf(seq, sizeof(seq), "%u", (unsigned)s->tcp.seq);
    (void)snprintf(ack, sizeof(ack), "%u", (unsigned)s->tcp.ack);
    if (s->is_main) {
        (void)story_number(story, s->from, s->tcp.seq, seq);
        (void)story_number(story, 1 - s->from, s->tcp.ack, ack);
    }
    if (s->tcp.payload.len > 0)
        (void)snprintf(data, sizeof(data), " len=%zu", s->tcp.payload.len);
    if (has(s, TCP_ACK))
        (void)snprintf(out, REASON_TEXT, "%s seq=%s ack=%s%s", flags, seq, ack, data);
    else
        (void)snprintf(out, REASON_TEXT, "%s seq=%s%s", flags, seq, data);
}

void reason_numbers(const struct story_segment *s, char out[REASON_TEXT])
{
    char options[160], ack[32] = "", len[32] = "";
    if (!s->is_tcp) {
        (void)snprintf(out, REASON_TEXT, "%zu octets", s->octets_len);
        return;
    }
    story_options(&s->tcp.options, options);
    if (has(s, TCP_ACK))
        (void)snprintf(ack, sizeof(ack), " ack %u", (unsigned)s->tcp.ack);
    if (s->tcp.payload.len > 0)
        (void)snprintf(len, sizeof(len), " len %zu", s->tcp.payload.len);
    (void)snprintf(out, REASON_TEXT, "seq %u%s%s window %u%s%s%s", (unsigned)s->tcp.seq, ack, len,
                   s->tcp.window, options[0] ? "; " : "", options,
                   s->ecn != ECN_NOT_CAPABLE ? "; ECN-capable" : "");
}

const char *reason_fate(const struct story_segment *s)
{
    switch (s->fate) {
    case STORY_ARRIVES:
        break;
    case STORY_LOST:
        return "it is lost on the way";
    case STORY_DROPPED:
        return "it is lost on the way: the scenario wants it";
    case STORY_NO_QUEUE:
        return "it is lost: the queue in front of the link is full";
    case STORY_TOO_BIG:
        return "it is too big for the path; a router drops it and says so";
    case STORY_SWALLOWED:
        return "it is too big for the path; a router drops it and says nothing";
    case STORY_NO_HOST:
        return "it reaches nobody";
    case STORY_FILTERED:
        return "a firewall drops it and says nothing";
    }
    if (s->is_marked)
        return "the network marks it: congestion (CE, RFC 3168)";
    if (s->copies > 1)
        return "it arrives twice";
    return s->is_late ? "others overtake it" : NULL;
}

/* Adds "3 of these, ", unless there are none. */
static void add_count(char out[REASON_TEXT], size_t count, const char *one, const char *many)
{
    size_t len = strlen(out);
    if (count > 0)
        (void)snprintf(out + len, REASON_TEXT - len, "%s%zu %s", len > 0 ? ", " : "", count,
                       count == 1 ? one : many);
}

void reason_skipped(const struct plan_row *row, char out[REASON_TEXT])
{
    out[0] = 0;
    add_count(out, row->data_segments, "segment with data", "segments with data");
    add_count(out, (size_t)row->octets, "octet", "octets");
    add_count(out, row->acks, "acknowledgment", "acknowledgments");
    add_count(out, row->lost, "of all was lost", "of all were lost");
    add_count(out, row->again, "had left before", "had left before");
}

/* ---- sentences ---- */

struct sentences {
    char (*out)[REASON_TEXT];
    size_t count;
};

#define SAY(s, ...)                                                           \
    do {                                                                      \
        if ((s)->count < REASON_MAX)                                          \
            (void)snprintf((s)->out[(s)->count++], REASON_TEXT, __VA_ARGS__); \
    } while (0)

static void explain_syn(const struct story *story, const struct story_segment *s,
                        struct sentences *out)
{
    char seq[24], ack[24];
    (void)story_number(story, s->from, s->tcp.seq, seq);
    (void)story_number(story, 1 - s->from, s->tcp.ack - 1, ack);
    if (s->is_again)
        SAY(out, "seq=%s again: the same SYN, as far as the numbers say.", seq);
    else if (strstr(s->why, "cookie"))
        SAY(out,
            "%s=%u is a cookie: a keyed hash of addresses, ports and %s with the MSS in it. "
            "Nothing "
            "is kept until it comes back (RFC 4987).",
            seq, (unsigned)s->tcp.seq, ack);
    else
        SAY(out,
            "%s=%u is the %s's initial sequence number: a clock of 4 us plus a keyed hash of "
            "addresses and ports, so that nobody else can guess it (RFC 6528).",
            seq, (unsigned)s->tcp.seq, end_name(s->from));
    if (has(s, TCP_ACK))
        SAY(out, "ack=%s+1 is the next number expected: the SYN itself took the number %s.", ack,
            ack);
}

static void explain_reset(const struct story *story, const struct story_segment *s,
                          struct sentences *out)
{
    char seq[24], ack[24];
    (void)story_number(story, s->from, s->tcp.seq, seq);
    (void)story_number(story, 1 - s->from, s->tcp.ack, ack);
    if (has(s, TCP_ACK) && s->tcp.seq == 0)
        SAY(out,
            "seq=0, as the segment had no ack to go by; ack=%s covers the segment, which proves "
            "that this answers it (RFC 9293 section 3.5.2).",
            ack);
    else if (!has(s, TCP_ACK))
        SAY(out,
            "seq=%s is the ack of the segment that it answers: the very number the other end waits "
            "for, so it believes the reset (RFC 9293 section 3.5.2).",
            seq);
    else
        SAY(out, "seq=%s is the next of its own, ack=%s the next expected.", seq, ack);
}

static void explain_fin(const struct story *story, const struct story_segment *s,
                        struct sentences *out)
{
    char at[24], next[24];
    uint32_t fin = s->tcp.seq + (uint32_t)s->tcp.payload.len;
    (void)story_number(story, s->from, fin, at);
    (void)story_number(story, s->from, fin + 1, next);
    SAY(out, "The FIN takes the number %s, behind all data: its acknowledgment will be ack=%s.", at,
        next);
}

static void explain_data(const struct story *story, const struct story_segment *s,
                         struct sentences *out)
{
    char seq[24], last[24], next[24];
    uint32_t end = s->tcp.seq + (uint32_t)s->tcp.payload.len;
    (void)story_number(story, s->from, s->tcp.seq, seq);
    (void)story_number(story, s->from, end - 1, last);
    (void)story_number(story, s->from, end, next);
    if (s->is_again)
        SAY(out, "seq=%s again: octets %s to %s have left before and were not acknowledged.", seq,
            seq, last);
    else
        SAY(out, "seq=%s numbers its first octet, %s its last; the next one will be %s.", seq, last,
            next);
}

/* The segment of the same end before it that carried an ack; NULL: there was none. */
static const struct story_segment *previous_ack(const struct story *story,
                                                const struct story_segment *s)
{
    for (const struct story_segment *t = s; t > story->segments;) {
        t--;
        if (t->from == s->from && t->is_tcp && !t->is_injected && t->is_main && has(t, TCP_ACK))
            return t;
    }
    return NULL;
}

static bool is_challenge(const struct story_segment *s)
{
    return strstr(s->why, "not acceptable") || strstr(s->why, "cannot be right") ||
           strstr(s->why, "another number") || strstr(s->why, "a connection that stands");
}

static void explain_sack(const struct story *story, const struct story_segment *s,
                         struct sentences *out)
{
    char begin[24], end[24];
    const struct tcp_range *first = &s->tcp.options.sacks[0];
    (void)story_number(story, 1 - s->from, first->begin, begin);
    (void)story_number(story, 1 - s->from, first->end, end);
    if (seq_before(first->begin, s->tcp.ack))
        SAY(out, "SACK %s to %s is below ack: these octets came twice (RFC 2883).", begin, end);
    else
        SAY(out,
            "SACK: octets from %s up to %s are here already, those from ack on are missing (RFC "
            "2018).",
            begin, end);
}

/* "x+1": the number after a SYN. */
static bool is_first_of(const char *number)
{
    const char *plus = strchr(number, '+');
    return plus && strcmp(plus, "+1") == 0;
}

static void explain_ack(const struct story *story, const struct story_segment *s,
                        struct sentences *out)
{
    char seq[24], ack[24];
    const struct story_segment *before = previous_ack(story, s);
    (void)story_number(story, s->from, s->tcp.seq, seq);
    (void)story_number(story, 1 - s->from, s->tcp.ack, ack);
    if (is_challenge(s) && s->tcp.window == 0)
        SAY(out, "ack=%s as before: what came does not fit the window, which is still closed.",
            ack);
    else if (is_challenge(s))
        SAY(out,
            "A challenge: seq=%s and ack=%s are what this end really has; a peer that means it "
            "will "
            "answer with numbers that fit (RFC 5961).",
            seq, ack);
    else if (is_first_of(seq) && is_first_of(ack) && (!before || before->tcp.ack != s->tcp.ack))
        SAY(out,
            "ack=%s: the SYN took one number. seq=%s: our own SYN took one, too; the first octet "
            "of "
            "data will have this number.",
            ack, seq);
    else if (!before || before->tcp.ack != s->tcp.ack)
        SAY(out,
            "ack=%s is the next number expected: everything before it has come. seq=%s, as an ACK "
            "alone takes no number.",
            ack, seq);
    else if (s->tcp.window != before->tcp.window && s->tcp.options.sack_count == 0)
        SAY(out, "ack=%s as before; what is new is the window.", ack);
    else if (s->tcp.options.sack_count == 0)
        SAY(out, "ack=%s as before: nothing new has come.", ack);
    else
        SAY(out, "ack=%s as before: what comes next in order is still missing.", ack);
    if (s->tcp.window == 0)
        SAY(out, "window=0: there is no room for more; send nothing.");
}

/* Only after the handshake, in which the two flags mean something else. */
static void explain_congestion(const struct story_segment *s, struct sentences *out)
{
    if (has(s, TCP_ECE))
        SAY(out, "ECE: a mark (CE) has come; every ACK says so until CWR comes (RFC 3168).");
    if (has(s, TCP_CWR))
        SAY(out, "CWR: an ECE has come, and the congestion window is smaller now (RFC 3168).");
}

size_t reason_sentences(const struct story *story, const struct story_segment *s,
                        char out[REASON_MAX][REASON_TEXT])
{
    struct sentences sentences = { out, 0 };
    if (!s->is_tcp || (s->is_injected && !s->why[0]))
        return 0;
    if (s->why[0])
        SAY(&sentences, "%s%s.", s->is_injected ? "" : "Reason: ", s->why);
    if (s->is_injected || !s->is_main)
        return sentences.count;
    if (has(s, TCP_SYN))
        explain_syn(story, s, &sentences);
    else if (has(s, TCP_RST))
        explain_reset(story, s, &sentences);
    else if (s->tcp.payload.len > 0 || has(s, TCP_FIN)) {
        if (s->tcp.payload.len > 0)
            explain_data(story, s, &sentences);
        if (has(s, TCP_FIN))
            explain_fin(story, s, &sentences);
    } else
        explain_ack(story, s, &sentences);
    if (s->tcp.options.sack_count > 0)
        explain_sack(story, s, &sentences);
    if (!has(s, TCP_SYN))
        explain_congestion(s, &sentences);
    return sentences.count;
}
