/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/receive_window.h"

/* Length of a round before the first measurement: roughly right is enough. */
enum { ROUND_UNKNOWN_US = 100 * 1000 };

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint8_t receive_window_scale(uint32_t max)
{
    uint8_t scale = 0;
    while (scale < TCP_SCALE_MAX && max >> scale > UINT16_MAX)
        scale++;
    return scale;
}

void receive_window_init(struct receive_window *w, uint32_t next, uint32_t initial, uint32_t max,
                         uint8_t scale)
{
    *w = (struct receive_window){ .edge = next, .max = max, .scale = scale };
    w->size = smaller(initial, max);
}

uint32_t receive_window_octets(const struct receive_window *w, uint32_t next)
{
    return seq_before(next, w->edge) ? seq_count(next, w->edge) : 0;
}

bool receive_window_accepts(const struct receive_window *w, uint32_t next, uint32_t seq,
                            uint32_t len)
{
    uint32_t window = receive_window_octets(w, next);
    if (window == 0)
        return len == 0 && seq == next;
    if (seq_in(seq, next, next + window))
        return true;
    /* It ends within the window, or covers all of it and ends after it, a case that the RFC's table forgot. */
    return len > 0 && seq_before(seq, next) && seq_after(seq + len, next);
}

/* What there is space for. */
static uint32_t capacity(const struct receive_window *w, uint32_t unread, uint32_t room)
{
    return smaller(w->size > unread ? w->size - unread : 0, room);
}

/* The part of it that can be announced. */
static uint32_t offer_of(const struct receive_window *w, uint32_t unread, uint32_t room)
{
    uint32_t most = (uint32_t)UINT16_MAX << w->scale;
    return smaller(capacity(w, unread, room), most) >> w->scale << w->scale;
}

/* RFC 9293 section 3.8.6.2.2: how far the window must open to be worth announcing. */
static uint32_t worth(const struct receive_window *w, uint16_t mss)
{
    return smaller(w->size / 2, mss);
}

bool receive_window_is_worth_telling(const struct receive_window *w, uint32_t next, uint32_t unread,
                                     uint32_t room, uint16_t mss)
{
    uint32_t window = receive_window_octets(w, next), offer = offer_of(w, unread, room);
    if (offer <= window || offer - window < worth(w, mss))
        return false;
    /* While the peer has plenty, the next ACK of data announces more. */
    return window < w->size / 2 || offer - window >= w->size / 2;
}

uint16_t receive_window_tell(struct receive_window *w, uint32_t next, uint32_t unread,
                             uint32_t room, uint16_t mss, bool is_syn)
{
    uint8_t scale = is_syn ? 0 : w->scale;
    uint32_t window = receive_window_octets(w, next), offer = offer_of(w, unread, room);
    /* SHLD-14: what was promised stays; MUST-39: it opens in steps. */
    if (offer > window && offer - window >= worth(w, mss))
        window = offer;
    /* Rounding to units of the scale makes the promise a little larger. Where there is no space for
     * that the peer sees less; what it sends up to the edge is accepted all the same. */
    uint32_t units = (window + (((uint32_t)1 << scale) - 1)) >> scale;
    if (units << scale > capacity(w, unread, room))
        units = window >> scale;
    units = smaller(units, UINT16_MAX);
    uint32_t edge = next + (units << scale);
    if (seq_before(w->edge, edge))
        w->edge = edge;
    return (uint16_t)units;
}

/* ---- its size ---- */

static void begin_round(struct receive_window *w, struct instant now)
{
    w->has_round = true;
    w->round_at = now;
    w->round_end = w->edge;
    w->consumed = 0;
}

/* A whole window has arrived since the round began: that takes at least a round trip. */
static void measure(struct receive_window *w, uint32_t next, int64_t passed_us)
{
    if (passed_us <= 0 || passed_us >= UINT32_MAX || seq_before(next, w->round_end))
        return;
    if (w->round_trip_us == 0 || passed_us < w->round_trip_us)
        w->round_trip_us = (uint32_t)passed_us;
}

void receive_window_consumed(struct receive_window *w, uint32_t count, uint32_t next,
                             uint32_t round_trip_us, struct instant now)
{
    if (!w->has_round) {
        begin_round(w, now);
        return;
    }
    w->consumed = w->consumed + count < count ? UINT32_MAX : w->consumed + count;
    int64_t passed_us = now.us - w->round_at.us;
    measure(w, next, passed_us);
    uint32_t round_us = round_trip_us > 0 ? round_trip_us : w->round_trip_us;
    if (passed_us < (round_us > 0 ? round_us : ROUND_UNKNOWN_US))
        return;
    /* A sender in slow start sends twice as much in the next round. */
    uint32_t wanted = w->consumed < UINT32_MAX / 2 ? 2 * w->consumed : UINT32_MAX;
    if (wanted > w->size)
        w->size = smaller(wanted, w->max);
    begin_round(w, now);
}

void receive_window_set_max(struct receive_window *w, uint32_t max)
{
    w->max = max;
    w->size = smaller(w->size, max);
}
