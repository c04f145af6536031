/* SPDX-License-Identifier: BSD-2-Clause */
/* What the pump's own files share. */
#pragma once

#include "programs/pump/pump.h"
#include "programs/pump/pump_watch.h"

#include <sys/uio.h>

enum {
    PUMP_INPUT_SMALL = 8 * 1024,     /* for a connection that is mostly idle */
    PUMP_INPUT_LARGE = 512 * 1024,   /* once data flows */
    PUMP_QUIET_MS = 1000,            /* without input: the large buffer is freed */
    PUMP_OUTPUT_ENOUGH = 256 * 1024, /* waiting to be sent: sources are not read … */
    PUMP_OUTPUT_FULL = 1024 * 1024,  /* … and nothing is received */
    PUMP_ROUNDS = 8,                 /* of receiving, reading and sending in one turn of the loop */
    PUMP_PARTS = 128,                /* packets gathered into one write */
    PUMP_SPANS = 16,                 /* packets that one read fills */
    PUMP_HOLD_MS = 5,                /* for a descriptor that is full, before data is copied */
};

_Static_assert((size_t)PUMP_INPUT_LARGE >= (size_t)CONNECTION_INPUT_MAX,
               "a packet fits the buffer");

/* Data that was handed out and lies in the input buffer, to be written by one call. When held, its descriptor was full,
 * and nothing is received into the buffer before the data is written or copied. */
struct pump_gather {
    struct pump_sink *sink;
    size_t first, count, total; /* the parts [first, count) are left, `total` octets */
    bool is_held;
    struct iovec parts[PUMP_PARTS];
};

struct pump {
    uv_loop_t *loop;
    struct connection *connection;
    struct pump_owner owner;
    struct pump_count count;

    int in_fd, out_fd;
    struct pump_watch *in, *out; /* one for both if in_fd is out_fd; NULL: cannot be polled */
    bool is_joint;
    bool is_readable;  /* a read may give something */
    bool is_full;      /* the last write was partial: wait until the descriptor is writable */
    int send_error;    /* why nothing can be sent any more; or 0 */
    bool was_writable; /* the loop said so in this turn */
    struct buf input;
    bool has_flow;         /* the buffers are large ones */
    uint64_t moved_before; /* at the last check whether it is quiet */

    uv_check_t after_poll; /* runs the turn once all descriptors have reported */
    uv_idle_t busy;        /* active: the loop must not sleep */
    uv_timer_t deadline;
    uv_timer_t quiet;
    uv_timer_t hold; /* running: the gathered data is held */
    struct instant deadline_at;
    int open_handles;

    bool is_marked;  /* something happened: a turn is due */
    bool is_turning; /* no turn within a turn */
    bool again;      /* another round is worthwhile */
    bool is_over, is_freed;

    struct pump_source *sources;
    struct pump_sink *sinks;
    struct pump_gather gather;
};

/* A turn is due: soon, or as another round if called within a turn. */
void pump_mark(struct pump *p);

/* Reads once from each source that may have something, as far as there is room. */
void pump_source_read_all(struct pump *p);
/* Frees the sources that their owner has freed meanwhile. */
void pump_source_sweep(struct pump *p);
void pump_source_free_all(struct pump *p);

/* The sink for that data, or NULL. */
struct pump_sink *pump_sink_find(const struct pump *p, uint32_t channel, uint32_t extended);
/* Notes borrowed data for the sink; the next flush writes it at the latest. */
void pump_sink_take(struct pump_sink *s, struct bytes data);
/* Writes what was gathered; what the descriptor does not take is copied. */
void pump_sink_flush(struct pump *p);
/* Writes what was gathered; what the descriptor does not take at once stays in place until it does, for PUMP_HOLD_MS at
 * most: a reader that keeps up saves the copy. */
void pump_sink_write_or_hold(struct pump *p);
void pump_sink_sweep(struct pump *p);
/* Nothing has flowed for a while: frees memory. */
void pump_sink_rest(struct pump *p);
void pump_sink_free_all(struct pump *p);
