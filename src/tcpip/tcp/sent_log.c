/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/sent_log.h"

#include "base/check.h"
#include "tcpip/tcp/sack_blocks.h"

/* TLP's probe (RFC 8985 section 7). */
enum probe {
    PROBE_NONE,
    PROBE_DUE,  /* to be sent; if that is new data, the log sees it in sent_log_sent */
    PROBE_NEW,  /* was new data */
    PROBE_AGAIN /* was sent again: TLP.is_retrans */
};

void sent_log_init(struct sent_log *log, uint32_t seq)
{
    *log = (struct sent_log){ .begin = seq, .end = seq, .mss = 536 };
    rto_init(&log->rto);
    sent_ranges_init(&log->ranges);
    rack_window_init(&log->window);
    undo_init(&log->undo);
}

void sent_log_configure(struct sent_log *log, uint16_t mss, bool has_sack)
{
    log->mss = log->ranges.mss = mss;
    log->has_sack = has_sack;
}

/* ---- memory ---- */

bool sent_log_wants_block(const struct sent_log *log)
{
    return !log->block && !sent_log_is_empty(log);
}

void sent_log_lend_block(struct sent_log *log, struct sent_log_block *block)
{
    CHECK(!log->block);
    log->block = block;
    sent_ranges_lend(&log->ranges, block->ranges);
    rack_init(&block->rack, log->begin);
    log->duplicates = 0; /* from now on SACK has more detail */
}

struct sent_log_block *sent_log_take_block(struct sent_log *log)
{
    return sent_log_is_empty(log) ? sent_log_drop(log) : NULL;
}

struct sent_log_block *sent_log_drop(struct sent_log *log)
{
    struct sent_log_block *block = log->block;
    log->block = NULL;
    log->begin = log->end;
    sent_ranges_reset(&log->ranges);
    return block;
}

/* ---- sums ---- */

bool sent_log_is_empty(const struct sent_log *log)
{
    return log->begin == log->end;
}

static uint32_t outstanding(const struct sent_log *log)
{
    return seq_count(log->begin, log->end);
}

static bool has_scoreboard(const struct sent_log *log)
{
    return log->has_sack && log->block;
}

uint32_t sent_log_in_flight(const struct sent_log *log)
{
    uint32_t left = outstanding(log) - log->ranges.sacked - log->ranges.lost;
    /* Without SACK each duplicate ACK stands for one segment that arrived (RFC 6582). */
    uint32_t arrived = (uint32_t)log->duplicates * log->mss;
    return left > arrived ? left - arrived : 0;
}

/* ---- sending ---- */

static void sent_new(struct sent_log *log, uint32_t end, struct instant now)
{
    if (sent_log_is_empty(log))
        log->timer_at = now; /* RFC 6298 rule 5.1 */
    sent_ranges_append(&log->ranges, log->end, end, log->rto.smoothed_us / 32, now);
    log->end = end;
    if (log->probe != PROBE_DUE)
        return;
    log->probe = PROBE_NEW;
    log->probe_end = end;
}

static void sent_again(struct sent_log *log, struct tcp_range part, struct instant now)
{
    if (part.begin == log->begin)
        log->timer_at = now;
    if (seq_in(log->path_probe.begin, part.begin, part.end))
        sent_log_path_probe(log, log->end, log->end);
    for (size_t i = 0; i < log->ranges.count; i++) {
        const struct sent_range *range = sent_ranges_at(&log->ranges, i);
        struct tcp_range both = { seq_later(range->begin, part.begin),
                                  seq_earlier(range->end, part.end) };
        if (range->is_sacked || !seq_before(both.begin, both.end))
            continue;
        if (log->recovery != SENT_LOG_OPEN)
            undo_sent_again(&log->undo, seq_range_len(both), now);
        size_t number = sent_ranges_isolate(&log->ranges, i, both);
        /* What cannot be isolated counts as sent; a timeout sends it if it was not. */
        i = number == SIZE_MAX ? i : number;
        sent_ranges_set_sent(&log->ranges, i, now);
    }
    sent_ranges_merge(&log->ranges);
}

void sent_log_sent(struct sent_log *log, uint32_t begin, uint32_t end, struct instant now)
{
    CHECK(seq_until(log->begin, begin) && seq_before(begin, end) && seq_until(begin, log->end));
    if (begin != log->end)
        sent_again(log, (struct tcp_range){ begin, seq_earlier(end, log->end) }, now);
    if (seq_before(log->end, end))
        sent_new(log, end, now);
}

void sent_log_path_probe(struct sent_log *log, uint32_t begin, uint32_t end)
{
    log->path_probe = (struct tcp_range){ begin, end };
}

bool sent_log_next_lost(const struct sent_log *log, uint32_t max, bool has_new,
                        struct tcp_range *out)
{
    if (log->ranges.lost == 0 || (undo_wants_new(&log->undo) && has_new))
        return false;
    size_t number = 0;
    while (!sent_ranges_at(&log->ranges, number)->is_lost)
        number++;
    const struct sent_range *range = sent_ranges_at(&log->ranges, number);
    uint32_t len = seq_count(range->begin, range->end);
    *out = (struct tcp_range){ range->begin, range->begin + (len < max ? len : max) };
    return true;
}

/* ---- what has arrived ---- */

/* What is collected while an ACK is read. */
struct reading {
    const struct sent_log_ack *ack;
    struct sent_log_result *result;
    struct instant now;
    struct instant echo_until; /* the echoed segment was sent before this; INSTANT_NEVER */
    uint32_t acked_us;         /* round trip of the earliest octets acknowledged, or 0 */
    uint32_t sacked_us;        /* likewise by SACK */
    bool has_ambiguous;        /* something acknowledged was sent twice */
    bool has_original;         /* something arrived that was sent only once */
};

static struct reading reading_of(const struct sent_log_ack *ack, struct instant now,
                                 struct sent_log_result *result)
{
    struct reading r = { .ack = ack, .result = result, .now = now, .echo_until = INSTANT_NEVER };
    if (ack->echo_at.us != INSTANT_NEVER.us)
        r.echo_until.us = ack->echo_at.us + RACK_TICK_US;
    return r;
}

static void note_round_trip(struct reading *r, const struct sent_range *range, bool is_sack)
{
    int64_t passed = r->now.us - range->sent_at.us;
    uint32_t *sample = is_sack ? &r->sacked_us : &r->acked_us;
    if (range->was_sent_again || range->is_coarse || passed < 0 || passed > RTO_MAX_US)
        return;
    if (passed > *sample)
        *sample = passed > 0 ? (uint32_t)passed : 1;
    if (*sample == 0)
        *sample = 1;
}

static void note_arrival(struct sent_log *log, struct reading *r, const struct sent_range *range,
                         bool is_sack)
{
    uint32_t len = seq_count(range->begin, range->end);
    r->result->delivered += len;
    if (is_sack)
        r->result->sacked += len;
    if (range->was_sent_again && !is_sack)
        r->has_ambiguous = true;
    if (!range->was_sent_again && seq_until(range->end, log->undo.end))
        r->has_original = true;
    note_round_trip(r, range, is_sack);
    if (log->block)
        rack_arrived(&log->block->rack, &log->window, range, log->rto.min_us, r->echo_until,
                     r->now);
}

static void read_cumulative(struct sent_log *log, struct reading *r)
{
    uint32_t ack = r->ack->ack;
    for (size_t i = 0; i < log->ranges.count; i++) {
        struct sent_range range = *sent_ranges_at(&log->ranges, i);
        if (!seq_before(range.begin, ack))
            break;
        range.end = seq_earlier(range.end, ack);
        if (!range.is_sacked)
            note_arrival(log, r, &range, false);
    }
    r->result->acked = seq_count(log->begin, ack);
    log->begin = ack;
    sent_ranges_advance(&log->ranges, ack);
}

/* ---- SACK (RFC 2018, RFC 2883) ---- */

static void read_sack(struct sent_log *log, struct reading *r, struct tcp_range sack)
{
    for (size_t i = 0; i < log->ranges.count; i++) {
        const struct sent_range *range = sent_ranges_at(&log->ranges, i);
        struct tcp_range part = sack;
        if (range->is_sacked || !sent_ranges_whole(range, &part))
            continue;
        size_t number = sent_ranges_isolate(&log->ranges, i, part);
        if (number == SIZE_MAX)
            continue;
        note_arrival(log, r, sent_ranges_at(&log->ranges, number), true);
        sent_ranges_set_sacked(&log->ranges, number);
        i = number;
    }
}

static void read_duplicate(struct sent_log *log, struct reading *r)
{
    struct tcp_range duplicate = r->ack->sacks[0];
    r->result->duplicate = duplicate;
    bool is_ours = log->undo.octets > 0 || log->probe == PROBE_AGAIN;
    if (is_ours) /* else the network duplicated it: no fault of our timing */
        rack_window_duplicate(&log->window, log->begin, log->end);
    undo_duplicate(&log->undo, seq_range_len(duplicate));
}

static void read_sacks(struct sent_log *log, struct reading *r)
{
    const struct tcp_range *sacks = r->ack->sacks;
    size_t count = log->has_sack ? r->ack->sack_count : 0;
    size_t first = sack_blocks_has_duplicate(r->ack->ack, sacks, count);
    if (first > 0)
        read_duplicate(log, r);
    if (count <= first || !log->block)
        return;
    struct tcp_range sorted[TCP_SACK_BLOCKS];
    size_t found = sack_blocks_sorted(sacks + first, count - first, log->begin, log->end, sorted);
    for (size_t i = 0; i < found; i++)
        read_sack(log, r, sorted[i]);
    sent_ranges_merge(&log->ranges);
}

/* ---- recovery ---- */

static void begin_recovery(struct sent_log *log, enum sent_log_recovery recovery)
{
    undo_begin(&log->undo, log->end, recovery == SENT_LOG_LOSS, log->recovery == SENT_LOG_OPEN);
    log->recovery = (uint8_t)recovery;
    log->recovery_end = log->end;
    log->probe = PROBE_NONE;
}

/* What was considered lost is in flight. What RACK learned may be about retransmissions whose
 * originals have arrived. */
static void take_back(struct sent_log *log)
{
    for (size_t i = 0; i < log->ranges.count; i++)
        if (sent_ranges_at(&log->ranges, i)->is_lost)
            sent_ranges_set_in_flight(&log->ranges, i);
    sent_ranges_merge(&log->ranges);
    if (log->block)
        rack_forget(&log->block->rack);
    undo_end(&log->undo);
    log->duplicates = 0;
    rto_forgive(&log->rto);
}

static void judge_recovery(struct sent_log *log, const struct reading *r)
{
    struct undo_facts facts = {
        .begin = log->begin,
        .acked = r->result->acked,
        .delivered = r->result->delivered,
        .may_be_duplicate = r->ack->may_be_duplicate,
        .has_original = r->has_original,
        .has_ambiguous = r->has_ambiguous,
        .echo_until = r->echo_until,
        .is_recovery = log->recovery != SENT_LOG_OPEN,
        .is_loss = log->recovery == SENT_LOG_LOSS,
    };
    r->result->was_needless = undo_judge(&log->undo, &facts);
    if (r->result->was_needless)
        take_back(log);
    bool is_over = r->result->was_needless || seq_until(log->recovery_end, log->begin);
    if (log->recovery == SENT_LOG_OPEN || !is_over)
        return;
    r->result->has_left = true;
    log->recovery = SENT_LOG_OPEN;
    undo_stop_frto(&log->undo);
    rack_window_recovered(&log->window);
}

/* ---- loss ---- */

/* Whether only the path MTU probe is lost. */
static bool is_path_probe(const struct sent_log *log)
{
    for (size_t i = 0; i < log->ranges.count; i++) {
        const struct sent_range *range = sent_ranges_at(&log->ranges, i);
        if (range->is_lost && (seq_before(range->begin, log->path_probe.begin) ||
                               seq_after(range->end, log->path_probe.end)))
            return false;
    }
    return seq_range_len(log->path_probe) > 0;
}

static void enter_if_lost(struct sent_log *log, uint32_t lost, struct sent_log_result *result)
{
    result->lost += lost;
    if (lost == 0 || log->recovery != SENT_LOG_OPEN || is_path_probe(log))
        return;
    begin_recovery(log, SENT_LOG_RECOVERY);
    result->has_entered = true;
}

static bool is_impatient(const struct sent_log *log)
{
    if (log->recovery != SENT_LOG_OPEN)
        return true;
    if (log->ranges.sacked > (SENT_LOG_DUPLICATES - 1u) * log->mss) /* RFC 6675 IsLost */
        return true;
    size_t sacked = 0;
    for (size_t i = 0; i < log->ranges.count; i++)
        sacked += sent_ranges_at(&log->ranges, i)->is_sacked;
    return sacked >= SENT_LOG_DUPLICATES;
}

static uint32_t detect(struct sent_log *log, struct instant now)
{
    if (!has_scoreboard(log))
        return 0;
    uint32_t min_us = log->rto.min_us == UINT32_MAX ? 0 : log->rto.min_us;
    uint32_t window_us =
        rack_window_us(&log->window, min_us, log->rto.smoothed_us, is_impatient(log));
    return rack_detect(&log->block->rack, &log->ranges, window_us, now);
}

static uint32_t lose_first_segment(struct sent_log *log)
{
    const struct sent_range *head = sent_ranges_at(&log->ranges, 0);
    uint32_t before = log->ranges.lost;
    uint32_t len = seq_count(head->begin, head->end);
    bool is_probe = seq_range_len(log->path_probe) > 0 && log->path_probe.begin == head->begin;
    uint32_t segment = is_probe ? seq_range_len(log->path_probe) : log->mss;
    struct tcp_range part = { head->begin, head->begin + (len < segment ? len : segment) };
    size_t number = sent_ranges_isolate(&log->ranges, 0, part);
    sent_ranges_set_lost(&log->ranges, number == SIZE_MAX ? 0 : number);
    return log->ranges.lost > before ? log->ranges.lost - before : 0;
}

static uint32_t count_duplicate(struct sent_log *log, struct sent_log_result *result)
{
    uint32_t in_flight = sent_log_in_flight(log);
    result->delivered += in_flight < log->mss ? in_flight : log->mss;
    if (log->duplicates < UINT8_MAX)
        log->duplicates++;
    /* RFC 6582 section 3.2 step 2; after a timeout they mean nothing (section 4). */
    if (log->duplicates != SENT_LOG_DUPLICATES || log->recovery != SENT_LOG_OPEN)
        return 0;
    return lose_first_segment(log);
}

/* RFC 6582 section 3.2 step 3: each partial ACK shows the next hole. */
static uint32_t count_progress(struct sent_log *log, struct sent_log_result *result)
{
    bool is_over = log->recovery == SENT_LOG_OPEN || sent_log_is_empty(log);
    uint32_t segments = is_over ? UINT32_MAX : (result->acked - 1) / log->mss;
    uint8_t arrived = segments < log->duplicates ? (uint8_t)segments : log->duplicates;
    log->duplicates -= arrived;
    /* They were counted as delivered when they arrived. */
    uint32_t counted = (uint32_t)arrived * log->mss;
    result->delivered -= counted < result->delivered ? counted : result->delivered;
    if (is_over)
        return 0;
    const struct sent_range *head = sent_ranges_at(&log->ranges, 0);
    bool is_sent = log->recovery == SENT_LOG_LOSS || head->was_sent_again;
    return head->is_lost || (log->block && is_sent) ? 0 : lose_first_segment(log);
}

static uint32_t detect_without_scoreboard(struct sent_log *log, const struct reading *r)
{
    if (r->result->acked > 0)
        return count_progress(log, r->result);
    bool is_repeated = r->ack->may_be_duplicate || r->ack->sack_count > 0;
    return is_repeated && !sent_log_is_empty(log) ? count_duplicate(log, r->result) : 0;
}

/* ---- TLP ---- */

/* RFC 8985 section 7.4.2 */
static void judge_probe(struct sent_log *log, const struct reading *r)
{
    if (log->probe == PROBE_DUE && r->result->acked > 0)
        log->probe = PROBE_NONE; /* it was not sent, and is no longer needed */
    if (log->probe < PROBE_NEW || !seq_until(log->probe_end, log->begin))
        return;
    if (log->probe == PROBE_AGAIN && r->result->duplicate.end != log->probe_end) {
        bool is_repeated =
            r->result->acked == 0 && r->ack->may_be_duplicate && r->ack->sack_count == 0;
        if (log->begin == log->probe_end && !is_repeated)
            return;
        r->result->probe_repaired = log->begin != log->probe_end;
    }
    log->probe = PROBE_NONE;
}

static bool can_probe(const struct sent_log *log)
{
    return log->has_sack && log->rto.smoothed_us > 0 && log->probe == PROBE_NONE &&
           log->recovery == SENT_LOG_OPEN && log->ranges.sacked == 0 && log->ranges.lost == 0;
}

bool sent_log_probe(struct sent_log *log, bool has_new, struct tcp_range *out)
{
    if (log->probe != PROBE_DUE || has_new || sent_log_is_empty(log))
        return false;
    /* Nothing sent before the last range: a FIN sent on its own is probed with on its own. */
    const struct sent_range *last = sent_ranges_at(&log->ranges, log->ranges.count - 1u);
    *out = (struct tcp_range){ seq_later(last->begin, log->end - log->mss), log->end };
    log->probe = PROBE_AGAIN;
    log->probe_end = log->end;
    return true;
}

/* ---- an ACK ---- */

static void take_samples(struct sent_log *log, const struct reading *r)
{
    uint32_t sample = r->has_ambiguous ? 0 : r->acked_us;
    if (sample == 0)
        sample = r->sacked_us;
    if (sample == 0 && r->result->acked > 0 && r->ack->echo_at.us <= r->now.us &&
        r->now.us - r->ack->echo_at.us < RTO_MAX_US)
        sample = (uint32_t)(r->now.us - r->ack->echo_at.us);
    r->result->round_trip_us = sample;
    if (sample == 0) {
        if (r->result->acked > 0)
            rto_ease(&log->rto);
        return;
    }
    uint32_t expected = r->result->in_flight_before / (2u * log->mss);
    rto_sample(&log->rto, sample, expected < log->ranges.count ? expected : log->ranges.count,
               r->now);
}

static void finish(const struct sent_log *log, struct sent_log_result *result)
{
    result->in_flight = sent_log_in_flight(log);
    result->begin = log->begin;
    result->end = log->end;
    result->recovery = log->recovery;
}

void sent_log_acked(struct sent_log *log, const struct sent_log_ack *ack, struct instant now,
                    struct sent_log_result *result)
{
    *result = (struct sent_log_result){ .in_flight_before = sent_log_in_flight(log) };
    if (seq_until(log->begin, ack->ack) && seq_until(ack->ack, log->end)) {
        struct reading r = reading_of(ack, now, result);
        read_cumulative(log, &r);
        read_sacks(log, &r);
        if (result->acked > 0) { /* RFC 6298 rule 5.3 */
            log->timer_at = now;
            log->timeouts = 0;
        }
        take_samples(log, &r);
        judge_probe(log, &r);
        judge_recovery(log, &r);
        uint32_t lost = has_scoreboard(log) ? detect(log, now) : detect_without_scoreboard(log, &r);
        enter_if_lost(log, lost, result);
    }
    finish(log, result);
}

/* ---- time ---- */

static struct instant later_by(struct instant t, int64_t us)
{
    return (struct instant){ t.us + us };
}

/* RFC 8985 section 7.2 */
static struct instant probe_at(const struct sent_log *log)
{
    struct instant sent_at = sent_ranges_at(&log->ranges, log->ranges.count - 1u)->sent_at;
    struct instant from = sent_at.us > log->timer_at.us ? sent_at : log->timer_at;
    int64_t wait = 2 * (int64_t)log->rto.smoothed_us + SENT_LOG_PROBE_SLACK_US;
    if (outstanding(log) <= log->mss) /* the peer may wait for a second segment */
        wait += SENT_LOG_ACK_DELAY_US;
    return instant_earlier(later_by(from, wait), later_by(log->timer_at, rto_us(&log->rto)));
}

struct instant sent_log_deadline(const struct sent_log *log)
{
    if (sent_log_is_empty(log))
        return INSTANT_NEVER;
    struct instant deadline =
        can_probe(log) ? probe_at(log) : later_by(log->timer_at, rto_us(&log->rto));
    return log->block ? instant_earlier(deadline, log->block->rack.wait_at) : deadline;
}

/* The peer has dropped what it had sacked (RFC 2018 section 8): the first of it is next. */
static void forget_sacks_if_dropped(struct sent_log *log)
{
    if (!sent_ranges_at(&log->ranges, 0)->is_sacked)
        return;
    for (size_t i = 0; i < log->ranges.count; i++)
        sent_ranges_set_in_flight(&log->ranges, i);
}

static uint32_t lose_all(struct sent_log *log)
{
    uint32_t before = log->ranges.lost;
    for (size_t i = 0; i < log->ranges.count; i++)
        if (!sent_ranges_at(&log->ranges, i)->is_sacked)
            sent_ranges_set_lost(&log->ranges, i);
    sent_ranges_merge(&log->ranges);
    return log->ranges.lost - before;
}

static void time_out(struct sent_log *log, struct instant now, struct sent_log_result *result)
{
    forget_sacks_if_dropped(log);
    result->has_entered = log->timeouts == 0;
    if (result->has_entered)
        begin_recovery(log, SENT_LOG_LOSS);
    else
        undo_stop_frto(&log->undo);
    log->recovery = SENT_LOG_LOSS;
    log->recovery_end = log->end;
    log->duplicates = 0;
    log->probe = PROBE_NONE;
    result->lost = lose_all(log);
    rto_back_off(&log->rto);
    if (log->timeouts < UINT8_MAX)
        log->timeouts++;
    log->timer_at = now; /* RFC 6298 rule 5.6 */
    if (log->block)
        log->block->rack.wait_at = INSTANT_NEVER;
}

static enum sent_log_expiry expire(struct sent_log *log, struct instant now,
                                   struct sent_log_result *result)
{
    if (!instant_reached(now, sent_log_deadline(log)))
        return SENT_LOG_NOTHING;
    if (log->block && instant_reached(now, log->block->rack.wait_at)) {
        enter_if_lost(log, detect(log, now), result);
        return result->lost > 0 ? SENT_LOG_LOST : SENT_LOG_NOTHING;
    }
    if (can_probe(log)) {
        log->probe = PROBE_DUE;
        log->probe_end = log->end;
        log->timer_at = now;
        return SENT_LOG_PROBE;
    }
    time_out(log, now, result);
    return SENT_LOG_TIMEOUT;
}

enum sent_log_expiry sent_log_expire(struct sent_log *log, struct instant now,
                                     struct sent_log_result *result)
{
    *result = (struct sent_log_result){ .in_flight_before = sent_log_in_flight(log) };
    enum sent_log_expiry expiry = expire(log, now, result);
    finish(log, result);
    return expiry;
}

unsigned sent_log_timeouts(const struct sent_log *log)
{
    return log->timeouts;
}

void sent_log_resend_all(struct sent_log *log)
{
    (void)lose_all(log);
}
