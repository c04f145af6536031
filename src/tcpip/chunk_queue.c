/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/chunk_queue.h"

#include "base/check.h"
#include "tcpip/tcp/seq.h"

#include <string.h>

/* Where the chunk that holds `seq` begins, given that another begins at `other`: all are aligned to each other. */
static uint32_t aligned(uint32_t other, uint32_t seq)
{
    if (seq_until(other, seq))
        return seq - seq_count(other, seq) % CHUNK_LEN;
    uint32_t before = seq_count(seq, other);
    return other - (before + CHUNK_LEN - 1) / CHUNK_LEN * CHUNK_LEN;
}

/* The last chunk that begins at or before `seq`, or CHUNK_NONE. */
static uint32_t find_at_or_before(const struct chunk_queue *q, const struct chunks *pool,
                                  uint32_t seq)
{
    uint32_t at = q->cursor;
    if (at == CHUNK_NONE || seq_before(seq, pool->list[at].begin))
        at = q->first;
    if (at == CHUNK_NONE || seq_before(seq, pool->list[at].begin))
        return CHUNK_NONE;
    for (;;) {
        uint32_t next = pool->list[at].next;
        if (next == CHUNK_NONE || seq_before(seq, pool->list[next].begin))
            return at;
        at = next;
    }
}

static bool holds(const struct chunks *pool, uint32_t chunk, uint32_t seq)
{
    return chunk != CHUNK_NONE && seq_count(pool->list[chunk].begin, seq) < CHUNK_LEN;
}

/* The chunk that holds `seq`, made if there is none. */
static uint32_t get_chunk(struct chunk_queue *q, struct chunks *pool, uint32_t seq)
{
    uint32_t before = find_at_or_before(q, pool, seq);
    if (!holds(pool, before, seq)) {
        uint32_t chunk = chunks_take(pool);
        if (chunk == CHUNK_NONE)
            return CHUNK_NONE;
        uint32_t *link = before == CHUNK_NONE ? &q->first : &pool->list[before].next;
        uint32_t begin =
            *link == CHUNK_NONE && before == CHUNK_NONE
                ? seq
                : aligned(pool->list[before == CHUNK_NONE ? *link : before].begin, seq);
        pool->list[chunk] = (struct chunk){ .next = *link, .begin = begin };
        *link = chunk;
        before = chunk;
    }
    q->cursor = before;
    return before;
}

size_t chunk_queue_lacks(const struct chunk_queue *q, const struct chunks *pool, uint32_t seq,
                         size_t len)
{
    uint32_t other = q->first == CHUNK_NONE ? seq : pool->list[q->first].begin,
             end = seq + (uint32_t)len;
    size_t count = 0;
    while (seq_before(seq, end)) {
        count += !holds(pool, find_at_or_before(q, pool, seq), seq);
        seq = aligned(other, seq) + CHUNK_LEN;
    }
    return count;
}

struct span chunk_queue_room(struct chunk_queue *q, struct chunks *pool, uint32_t seq)
{
    uint32_t chunk = get_chunk(q, pool, seq);
    if (chunk == CHUNK_NONE)
        return (struct span){ NULL, 0 };
    return bytes_span_skip(chunks_span(pool, chunk), seq_count(pool->list[chunk].begin, seq));
}

size_t chunk_queue_write(struct chunk_queue *q, struct chunks *pool, uint32_t seq,
                         struct bytes data)
{
    size_t done = 0;
    while (done < data.len) {
        struct span room = chunk_queue_room(q, pool, seq + (uint32_t)done);
        if (room.len == 0)
            break;
        size_t len = data.len - done < room.len ? data.len - done : room.len;
        memcpy(room.data, bytes_skip(data, done).data, len);
        done += len;
    }
    return done;
}

struct bytes chunk_queue_read(struct chunk_queue *q, const struct chunks *pool, uint32_t seq,
                              size_t len)
{
    uint32_t chunk = find_at_or_before(q, pool, seq);
    if (!holds(pool, chunk, seq))
        return BYTES_NONE;
    q->cursor = chunk;
    return bytes_slice(bytes_span(chunks_span(pool, chunk)),
                       seq_count(pool->list[chunk].begin, seq), len);
}

void chunk_queue_drop(struct chunk_queue *q, struct chunks *pool, uint32_t seq)
{
    while (q->first != CHUNK_NONE && seq_until(pool->list[q->first].begin + CHUNK_LEN, seq)) {
        uint32_t next = pool->list[q->first].next;
        if (q->cursor == q->first)
            q->cursor = next;
        chunks_give(pool, q->first);
        q->first = next;
    }
}

void chunk_queue_clear(struct chunk_queue *q, struct chunks *pool)
{
    while (q->first != CHUNK_NONE) {
        uint32_t next = pool->list[q->first].next;
        chunks_give(pool, q->first);
        q->first = next;
    }
    q->cursor = CHUNK_NONE;
}
