/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/congestion.h"

/* Larger than any window that can be scaled (RFC 7323 section 2.3). */
static const uint32_t WINDOW_MAX = (uint32_t)1 << 30;

enum { FRAMES_AT_ONCE = 4 };

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* RFC 6928 section 2 */
static uint32_t initial_window(const struct congestion *c)
{
    return smaller(10u * c->mss, larger(2u * c->mss, 14600));
}

void congestion_init(struct congestion *c, enum congestion_kind kind, uint16_t mss, uint32_t burst)
{
    *c = (struct congestion){ .mss = mss, .burst = burst, .kind = (uint8_t)kind };
    c->threshold = UINT32_MAX;
    c->window = kind == CONGESTION_NONE ? UINT32_MAX : initial_window(c);
    c->is_beginning = kind == CONGESTION_CUBIC;
    if (c->is_beginning)
        hystart_init(&c->hystart);
}

void congestion_set_mss(struct congestion *c, uint16_t mss)
{
    c->mss = mss;
    c->window = larger(c->window, mss);
}

void congestion_syn_was_lost(struct congestion *c)
{
    if (c->kind != CONGESTION_NONE)
        c->window = c->mss;
}

/* ---- growth ---- */

static void end_beginning(struct congestion *c)
{
    if (!c->is_beginning)
        return;
    c->is_beginning = false;
    cubic_init(&c->cubic);
}

void congestion_restore(struct congestion *c, uint32_t window, uint32_t threshold,
                        bool is_beginning)
{
    c->window = window;
    c->threshold = threshold;
    if (!is_beginning)
        end_beginning(c);
}

/* A receiver that gets many segments as one, or reads many at once, acknowledges them with one ACK;
 * and over a link that takes large frames, several leave at once anyway when that many ACKs come
 * together. Otherwise L is 8 with HyStart++ and 2 without (RFC 3465 section 2.2). */
static uint32_t growth_limit(const struct congestion *c)
{
    if (c->burst >= 2u * c->mss)
        return FRAMES_AT_ONCE * c->burst;
    return (c->is_beginning ? HYSTART_SEGMENTS : 2u) * c->mss;
}

/* The octets an ACK counts for: those newly known to have arrived. Octets that are only sacked may be the first sign of
 * a loss, and limited transmit must not grow the window (RFC 5681 section 3.2 step 1), until an ACK shows that there
 * was none. After a timeout they count at once. */
static uint32_t worth_of(const struct sent_log_result *r)
{
    bool is_open = r->recovery == SENT_LOG_OPEN && !r->has_left;
    return is_open && r->acked == 0 ? 0 : r->delivered;
}

static void grow_exponentially(struct congestion *c, const struct sent_log_result *r)
{
    uint32_t growth = smaller(worth_of(r), growth_limit(c));
    bool is_over = false;
    if (c->is_beginning)
        growth = hystart_acked(&c->hystart, growth, r->round_trip_us, r->begin, r->end, &is_over);
    c->window = smaller(c->window + growth, c->threshold);
    if (!is_over)
        return;
    c->threshold = c->window;
    end_beginning(c);
}

static void grow_by_segments(struct congestion *c, uint32_t octets)
{
    c->counted = smaller(c->counted + octets, c->window + c->window / 2);
    if (c->counted < c->window)
        return;
    c->counted -= c->window;
    c->window += c->mss;
}

static void grow(struct congestion *c, const struct sent_log_result *r, uint32_t smoothed_us,
                 struct instant now)
{
    if (c->window < c->threshold)
        grow_exponentially(c, r);
    else if (c->kind == CONGESTION_CUBIC)
        c->window = cubic_grow(&c->cubic, c->window, worth_of(r), c->mss, smoothed_us, now);
    else
        grow_by_segments(c, worth_of(r));
    c->window = smaller(c->window, WINDOW_MAX);
}

/* ---- reduction ---- */

/* What was in flight before the ACKs to which nothing was sent yet: many are read in one turn. What limited transmit
 * sent beyond the window does not count. */
static uint32_t used_of(const struct congestion *c, uint32_t outstanding)
{
    return smaller(larger(outstanding, c->used), c->window);
}

/* Half of what is outstanding, not of the window, which may not be in use (RFC 5681 equation 4).
 * CUBIC is not bound to the moment (RFC 9438 section 4.6). */
static void reduce(struct congestion *c, uint32_t outstanding, bool is_timeout)
{
    end_beginning(c);
    if (c->kind == CONGESTION_CUBIC)
        c->threshold =
            cubic_reduce(&c->cubic, c->window, used_of(c, outstanding), c->mss, is_timeout);
    else
        c->threshold = larger(smaller(outstanding, c->window) / 2, 2u * c->mss);
}

static void remember(struct congestion *c)
{
    c->undo_window = c->window;
    c->undo_threshold = c->threshold;
}

static void begin_reduction(struct congestion *c, uint32_t outstanding, uint32_t in_flight,
                            uint32_t end)
{
    uint32_t used = used_of(c, outstanding);
    reduce(c, outstanding, false);
    prr_begin(&c->prr, in_flight, used > outstanding ? used - outstanding : 0);
    c->is_reduced = true;
    c->reduced_end = end;
}

static uint32_t outstanding_before(const struct sent_log_result *r)
{
    return seq_count(r->begin, r->end) + r->acked;
}

/* The reduction was for nothing (RFC 5682 appendix A, RFC 9438 section 4.9). */
static void undo(struct congestion *c)
{
    if (c->undo_window == 0)
        return;
    c->window = larger(c->window, c->undo_window);
    c->threshold = larger(c->threshold, c->undo_threshold);
    if (c->kind == CONGESTION_CUBIC)
        cubic_undo(&c->cubic, c->undo_window);
    c->undo_window = 0;
    prr_end(&c->prr);
    c->is_reduced = false;
}

static void begin_if_lost(struct congestion *c, const struct sent_log_result *r)
{
    bool is_loss = r->has_entered && r->recovery == SENT_LOG_RECOVERY;
    /* One reduction per flight, whatever caused it (RFC 3168 section 6.1.2). */
    if (c->is_reduced || !(is_loss || r->probe_repaired))
        return;
    remember(c);
    begin_reduction(c, outstanding_before(r), r->in_flight_before, r->end);
}

/* Whether this ended a reduction; the ACK that ends it does not grow the window. */
static bool end_if_over(struct congestion *c, const struct sent_log_result *r)
{
    if (!c->is_reduced || !seq_until(c->reduced_end, r->begin))
        return false;
    c->is_reduced = false;
    if (!prr_is_on(&c->prr))
        return false;
    prr_end(&c->prr);
    c->window = c->threshold;
    return true;
}

static void follow_prr(struct congestion *c, const struct sent_log_result *r)
{
    bool is_safe = r->acked > 0 && r->lost == 0;
    uint32_t count = prr_acked(&c->prr, r->delivered, r->in_flight, c->threshold, c->mss, is_safe);
    /* With less than a segment and nothing in flight, only a timeout would make progress. */
    c->window = larger(smaller(r->in_flight + count, WINDOW_MAX), c->mss);
}

/* ---- what happens ---- */

static bool was_in_use(struct congestion *c, const struct sent_log_result *r)
{
    bool was_limited = c->is_limited;
    if (seq_until(c->limited_end, r->begin))
        c->is_limited = false;
    if (seq_until(c->used_end, r->begin))
        c->used = r->in_flight_before;
    return was_limited;
}

void congestion_acked(struct congestion *c, const struct sent_log_result *r, uint32_t smoothed_us,
                      struct instant now)
{
    if (c->kind == CONGESTION_NONE)
        return;
    bool is_limited = was_in_use(c, r);
    if (r->was_needless)
        undo(c);
    bool has_ended = end_if_over(c, r);
    begin_if_lost(c, r);
    if (prr_is_on(&c->prr))
        follow_prr(c, r);
    else if (is_limited && !has_ended && worth_of(r) > 0)
        grow(c, r, smoothed_us, now);
    else if (c->kind == CONGESTION_CUBIC && !c->is_beginning)
        cubic_pause(&c->cubic, now);
}

static void timed_out(struct congestion *c, const struct sent_log_result *r)
{
    if (r->has_entered) { /* a second timeout of the same data keeps the threshold */
        if (!prr_is_on(&c->prr) && !c->is_reduced)
            remember(c);
        reduce(c, outstanding_before(r), true);
    }
    prr_end(&c->prr);
    c->is_reduced = true;
    c->reduced_end = r->end;
    c->window = c->mss; /* RFC 5681 section 3.1: the loss window */
    c->is_limited = true;
    c->limited_end = r->end;
}

void congestion_expired(struct congestion *c, enum sent_log_expiry expiry,
                        const struct sent_log_result *r)
{
    if (c->kind == CONGESTION_NONE)
        return;
    if (expiry == SENT_LOG_TIMEOUT) {
        timed_out(c, r);
    } else if (expiry == SENT_LOG_LOST) {
        begin_if_lost(c, r);
        if (prr_is_on(&c->prr))
            follow_prr(c, r);
    }
}

bool congestion_echoed(struct congestion *c, const struct sent_log *log)
{
    if (c->kind == CONGESTION_NONE || c->is_reduced)
        return false;
    uint32_t in_flight = sent_log_in_flight(log);
    begin_reduction(c, seq_count(log->begin, log->end), in_flight, log->end);
    c->undo_window = 0; /* the mark was no mistake */
    c->window = larger(in_flight, c->mss);
    return true;
}

/* ---- sending ---- */

void congestion_resume(struct congestion *c, const struct sent_log *log, struct instant now)
{
    if (c->kind == CONGESTION_NONE || now.us - log->timer_at.us <= rto_us(&log->rto))
        return;
    /* What was learned about the path is kept: slow start returns to it quickly. */
    c->threshold = larger(c->threshold, c->window / 4 * 3);
    c->window = smaller(c->window, initial_window(c));
    if (c->kind == CONGESTION_CUBIC && !c->is_beginning)
        cubic_pause(&c->cubic, now);
}

/* A segment less counts as full use: nobody sends part of one while others are in flight. */
static void note_use(struct congestion *c, const struct sent_log *log)
{
    uint32_t in_flight = sent_log_in_flight(log);
    if ((uint64_t)in_flight + c->mss <= c->used)
        return;
    c->used = larger(c->used, in_flight);
    c->used_end = log->end;
}

void congestion_sent(struct congestion *c, const struct sent_log *log, uint32_t octets)
{
    if (c->kind == CONGESTION_NONE)
        return;
    if (prr_is_on(&c->prr))
        prr_sent(&c->prr, octets);
    uint64_t in_flight = sent_log_in_flight(log);
    note_use(c, log);
    bool is_slow_start = c->window < c->threshold;
    /* In slow start half a window in flight was a whole window a round trip ago. */
    if (is_slow_start ? 2 * in_flight <= c->window : in_flight + c->mss <= c->window)
        return;
    c->is_limited = true;
    c->limited_end = log->end;
}

uint32_t congestion_room(const struct congestion *c, const struct sent_log *log)
{
    if (c->kind == CONGESTION_NONE)
        return UINT32_MAX;
    uint32_t in_flight = sent_log_in_flight(log);
    return c->window > in_flight ? c->window - in_flight : 0;
}

uint32_t congestion_frame_max(const struct congestion *c, uint32_t least, uint32_t smoothed_us)
{
    uint32_t half = c->window / 2;
    uint64_t soon = smoothed_us > 0 ? 2 * (uint64_t)c->window * 1000 / smoothed_us : half;
    uint32_t most = soon < half ? larger((uint32_t)soon, least) : half;
    return larger(smaller(most, half) / c->mss, 1) * c->mss;
}
