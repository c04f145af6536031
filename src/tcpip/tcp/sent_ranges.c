/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/sent_ranges.h"

#include "base/check.h"

#include <string.h>

void sent_ranges_init(struct sent_ranges *s)
{
    *s = (struct sent_ranges){ 0 };
}

void sent_ranges_lend(struct sent_ranges *s, struct sent_range *storage)
{
    CHECK(!s->lent);
    storage[0] = s->own;
    s->lent = storage;
}

void sent_ranges_reset(struct sent_ranges *s)
{
    *s = (struct sent_ranges){ .mss = s->mss };
}

static size_t capacity(const struct sent_ranges *s)
{
    return s->lent ? SENT_RANGES_MAX : 1;
}

static struct sent_range *range_at(struct sent_ranges *s, size_t number)
{
    CHECK(number < s->count);
    return (s->lent ? s->lent : &s->own) + s->first + number;
}

const struct sent_range *sent_ranges_at(const struct sent_ranges *s, size_t number)
{
    CHECK(number < s->count);
    return (s->lent ? s->lent : &s->own) + s->first + number;
}

static uint32_t len_of(const struct sent_range *range)
{
    return seq_count(range->begin, range->end);
}

/* ---- segments ---- */

/* Whether a segment begins at `seq`, as far as that is known. */
static bool is_border(const struct sent_range *range, uint32_t seq)
{
    return range->segment > 0 && seq_count(range->begin, seq) % range->segment == 0;
}

/* Appends segments of that length. */
static void extend(struct sent_range *range, uint32_t end, uint16_t segment)
{
    if (range->segment != segment || !is_border(range, range->end))
        range->segment = 0;
    range->end = end;
}

/* The range begins later, or earlier than what is cut off. */
static void begin_at(struct sent_range *range, uint32_t seq)
{
    if (!is_border(range, seq))
        range->segment = 0;
    range->begin = seq;
}

bool sent_ranges_whole(const struct sent_range *range, struct tcp_range *part)
{
    part->begin = seq_later(range->begin, part->begin);
    part->end = seq_earlier(range->end, part->end);
    if (!seq_before(part->begin, part->end))
        return false;
    if (range->segment > 0) {
        uint32_t over = seq_count(range->begin, part->begin) % range->segment;
        if (over > 0)
            part->begin += range->segment - over;
        if (part->end != range->end)
            part->end -= seq_count(range->begin, part->end) % range->segment;
    }
    return seq_before(part->begin, part->end);
}

/* ---- fates ---- */

void sent_ranges_set_in_flight(struct sent_ranges *s, size_t number)
{
    struct sent_range *range = range_at(s, number);
    if (range->is_sacked)
        s->sacked -= len_of(range);
    if (range->is_lost)
        s->lost -= len_of(range);
    range->is_sacked = false;
    range->is_lost = false;
}

void sent_ranges_set_sacked(struct sent_ranges *s, size_t number)
{
    sent_ranges_set_in_flight(s, number);
    range_at(s, number)->is_sacked = true;
    s->sacked += len_of(range_at(s, number));
}

void sent_ranges_set_lost(struct sent_ranges *s, size_t number)
{
    sent_ranges_set_in_flight(s, number);
    range_at(s, number)->is_lost = true;
    s->lost += len_of(range_at(s, number));
}

void sent_ranges_set_sent(struct sent_ranges *s, size_t number, struct instant now)
{
    sent_ranges_set_in_flight(s, number);
    struct sent_range *range = range_at(s, number);
    range->sent_at = now;
    range->was_sent_again = true;
    range->is_coarse = false;
    s->is_cut = true;
}

/* ---- merging ---- */

static bool is_in_flight(const struct sent_range *range)
{
    return !range->is_sacked && !range->is_lost;
}

/* For what has arrived, or will be sent again, the time does not matter. */
static bool is_alike(const struct sent_range *a, const struct sent_range *b)
{
    if (a->is_sacked != b->is_sacked || a->is_lost != b->is_lost)
        return false;
    if (a->is_sacked)
        return true;
    return a->was_sent_again == b->was_sent_again &&
           (a->is_lost || (a->sent_at.us == b->sent_at.us && a->is_coarse == b->is_coarse));
}

/* Merges the second, which has the same fate, into the first. */
static void join(struct sent_range *a, const struct sent_range *b)
{
    a->is_coarse = a->is_coarse || b->is_coarse || a->sent_at.us != b->sent_at.us;
    if (b->sent_at.us > a->sent_at.us)
        a->sent_at = b->sent_at;
    a->was_sent_again = a->was_sent_again || b->was_sent_again;
    extend(a, b->end, b->segment);
}

void sent_ranges_merge(struct sent_ranges *s)
{
    size_t kept = 0;
    for (size_t i = 1; i < s->count; i++) {
        struct sent_range *last = range_at(s, kept), *next = range_at(s, i);
        if (is_alike(last, next))
            join(last, next);
        else
            *range_at(s, ++kept) = *next;
    }
    if (s->count > 0)
        s->count = (uint8_t)(kept + 1);
}

static void remove_range(struct sent_ranges *s, size_t number)
{
    size_t behind = s->count - number - 1;
    if (behind > 0)
        memmove(range_at(s, number), range_at(s, number + 1), behind * sizeof(struct sent_range));
    s->count--;
}

/* The two neighbours in flight that were sent closest in time, without `watched`; SIZE_MAX: none. */
static size_t nearest_pair(const struct sent_ranges *s, size_t watched)
{
    size_t nearest = SIZE_MAX;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i + 1 < s->count; i++) {
        const struct sent_range *a = sent_ranges_at(s, i), *b = sent_ranges_at(s, i + 1);
        int64_t apart = b->sent_at.us - a->sent_at.us;
        if (apart < 0)
            apart = -apart;
        if (i == watched || i + 1 == watched || apart >= least)
            continue;
        if (!is_in_flight(a) || !is_in_flight(b))
            continue;
        nearest = i;
        least = apart;
    }
    return nearest;
}

/* Makes room for one more, at the cost of precision, except for `watched`, whose number may
 * change. */
static bool make_room(struct sent_ranges *s, size_t *watched)
{
    if (s->count < capacity(s))
        return true;
    size_t pair = nearest_pair(s, *watched);
    if (pair == SIZE_MAX)
        return false;
    join(range_at(s, pair), range_at(s, pair + 1));
    remove_range(s, pair + 1);
    if (*watched > pair)
        --*watched;
    return true;
}

/* ---- the list ---- */

/* Splits a range in two; there is room. */
static void split(struct sent_ranges *s, size_t number, uint32_t seq)
{
    if (s->first + s->count == (int)capacity(s)) {
        memmove(s->lent, s->lent + s->first, s->count * sizeof(struct sent_range));
        s->first = 0;
    }
    s->count++;
    size_t behind = s->count - number - 1;
    memmove(range_at(s, number) + 1, range_at(s, number), behind * sizeof(struct sent_range));
    range_at(s, number)->end = seq;
    begin_at(range_at(s, number + 1), seq);
}

size_t sent_ranges_isolate(struct sent_ranges *s, size_t number, struct tcp_range part)
{
    const struct sent_range *range = sent_ranges_at(s, number);
    CHECK(seq_until(range->begin, part.begin) && seq_before(part.begin, part.end) &&
          seq_until(part.end, range->end));
    if (range->begin != part.begin) {
        if (!make_room(s, &number))
            return SIZE_MAX;
        split(s, number, part.begin);
        number++;
    }
    if (sent_ranges_at(s, number)->end != part.end) {
        if (!make_room(s, &number))
            return SIZE_MAX;
        split(s, number, part.end);
    }
    return number;
}

static bool can_join_last(const struct sent_range *last, int64_t quantum_us, struct instant now)
{
    return is_in_flight(last) && !last->was_sent_again && now.us - last->sent_at.us <= quantum_us;
}

/* No room for another range: new octets share the fate of the last one, unless that has arrived. */
static void append_coarsely(struct sent_ranges *s, uint32_t end, struct instant now)
{
    size_t number = s->count - 1u;
    if (sent_ranges_at(s, number)->is_sacked)
        sent_ranges_set_in_flight(s, number);
    struct sent_range *last = range_at(s, number);
    if (last->is_lost)
        s->lost += seq_count(last->end, end);
    last->is_coarse = true;
    last->sent_at = now;
    extend(last, end, s->mss);
}

void sent_ranges_append(struct sent_ranges *s, uint32_t begin, uint32_t end, int64_t quantum_us,
                        struct instant now)
{
    size_t last = s->count - 1u;
    if (s->count > 0) {
        CHECK(sent_ranges_at(s, last)->end == begin);
        if (!s->is_cut && can_join_last(sent_ranges_at(s, last), quantum_us, now)) {
            extend(range_at(s, last), end, s->mss);
            return;
        }
        if (!make_room(s, &last)) {
            append_coarsely(s, end, now);
            return;
        }
    }
    if (s->first + s->count == (int)capacity(s)) {
        memmove(range_at(s, 0) - s->first, range_at(s, 0), s->count * sizeof(struct sent_range));
        s->first = 0;
    }
    s->count++;
    *range_at(s, s->count - 1u) =
        (struct sent_range){ .sent_at = now, .begin = begin, .end = end, .segment = s->mss };
    s->is_cut = false;
}

/* Takes the octets before `seq` out of the sums. */
static void forget(struct sent_ranges *s, const struct sent_range *range, uint32_t seq)
{
    if (range->is_sacked)
        s->sacked -= seq_count(range->begin, seq);
    if (range->is_lost)
        s->lost -= seq_count(range->begin, seq);
}

void sent_ranges_advance(struct sent_ranges *s, uint32_t seq)
{
    while (s->count > 0 && seq_until(sent_ranges_at(s, 0)->end, seq)) {
        forget(s, sent_ranges_at(s, 0), sent_ranges_at(s, 0)->end);
        s->count--;
        s->first++;
    }
    if (s->count == 0) {
        s->first = 0;
    } else if (seq_before(sent_ranges_at(s, 0)->begin, seq)) {
        forget(s, sent_ranges_at(s, 0), seq);
        begin_at(range_at(s, 0), seq);
    }
}
