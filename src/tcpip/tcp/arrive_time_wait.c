/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/reply.h"

/* Distance of a new connection's ISS from what the old one sent (RFC 1122 section 4.2.2.13). */
enum { ISS_DISTANCE = 65536 + 2 };

static void send_ack(const struct arrival *a, const struct time_wait_entry *t, const char *why)
{
    uint32_t offset = isn_timestamp_offset(&a->stack->isn, &a->local, &a->remote);
    struct tcp_segment s = {
        .flags = TCP_ACK,
        .seq = t->send_next,
        .ack = t->receive_next,
        .window = t->window,
        .options = {
            .has_timestamps = t->has_timestamps,
            .timestamp = flow_timestamp(offset, a->now),
            .timestamp_echo = t->ts_recent,
        },
    };
    reply_send(a->stack, &a->local, &a->remote, &s, why);
}

/* The peer's FIN again: it did not get our acknowledgment. */
static bool is_fin_again(const struct tcp_segment *s, const struct time_wait_entry *t)
{
    return s->flags & TCP_FIN && s->seq + tcp_segment_len(s) == t->receive_next;
}

/* RFC 5961 section 7, as for a pending handshake: whoever does not know the numbers gets only a limited number of
 * answers. */
static void challenge(const struct arrival *a, struct time_wait_entry *t, const char *why)
{
    if (t->challenges == TIME_WAIT_CHALLENGES) {
        reply_trace_rejected(a, why);
        return;
    }
    t->challenges++;
    a->stack->counts.challenge_acks++;
    send_ack(a, t, why);
}

/* MAY-2, SHLD-4: a SYN opens a new connection if it cannot be an old one: its timestamp is later than all of the old
 * connection's (RFC 6191 section 2), or, without timestamps, its number is. */
static bool is_new(const struct tcp_segment *s, const struct time_wait_entry *t)
{
    bool is_behind = seq_after(s->seq, t->receive_next);
    if (!t->has_timestamps || !s->options.has_timestamps)
        return is_behind;
    if (s->options.timestamp == t->ts_recent)
        return is_behind;
    return seq_after(s->options.timestamp, t->ts_recent);
}

static void drop(struct stack *stack, uint32_t entry)
{
    flow_table_remove(&stack->table, time_wait_hash(&stack->time_wait, entry),
                      stack_entry(STACK_ENTRY_TIME_WAIT, entry));
    time_wait_give(&stack->time_wait, entry);
}

static bool is_acceptable(const struct tcp_segment *s, const struct time_wait_entry *t)
{
    if (arrive_sequence_is_outdated(s, t->has_timestamps, t->ts_recent))
        return false;
    struct receive_window window = { .edge = t->receive_next + t->window };
    return receive_window_accepts(&window, t->receive_next, s->seq, tcp_segment_len(s));
}

void arrive_time_wait(struct arrival *a, uint32_t entry)
{
    struct stack *stack = a->stack;
    const struct tcp_segment *s = a->segment;
    const struct time_wait_entry t = stack->time_wait.entries[entry];
    /* RFC 1337 section 3: a reset does not end TIME-WAIT, or old segments could harm the next connection. */
    if (s->flags & TCP_RST) {
        reply_trace_rejected(a, "a reset ends nothing in TIME-WAIT");
        return;
    }
    if ((s->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && is_new(s, &t) &&
        listeners_find(&stack->listeners, a->local.port) != LISTENERS_NONE) {
        drop(stack, entry);
        a->least_sent = t.send_next + ISS_DISTANCE;
        a->has_least_sent = true;
        arrive_listen(a, listeners_find(&stack->listeners, a->local.port));
        return;
    }
    if (arrive_sequence_lacks_timestamp(a, t.has_timestamps))
        return;
    /* Not acceptable by its number, but just what TIME-WAIT is for. */
    if (is_fin_again(s, &t)) {
        time_wait_restart(&stack->time_wait, entry, a->now);
        send_ack(a, &t, "the FIN came again");
        return;
    }
    /* Steps 1 and 4: not acceptable, a SYN, or a FIN other than the peer's. An acceptable segment is neither text (step
     * 7) nor of any use. */
    bool is_other_fin = (s->flags & (TCP_ACK | TCP_FIN)) == (TCP_ACK | TCP_FIN);
    if (!is_acceptable(s, &t) || s->flags & TCP_SYN || is_other_fin)
        challenge(a, &stack->time_wait.entries[entry], "not acceptable in TIME-WAIT");
}
