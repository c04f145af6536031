/* SPDX-License-Identifier: BSD-2-Clause */
/* The pump: moves a connection's octets between its descriptors and its machine on a libuv loop, and channel data
 * between the machine and local descriptors. Bulk data moves once per side: received octets are decrypted in place and
 * written from there, local ones are read straight into the packets being built. Client and server use the same pump; a
 * program is options, a pump and a switch over events.
 *
 * One turn: tell the machine the time (os/clock.h), receive, feed, hand out events (data goes to sinks and is gathered
 * into one writev per sink), read sources while there is room, send everything at once, arm the deadline. */
#pragma once

#include "ssh/connection.h"

#include <uv.h>

struct pump;

struct pump_owner {
    /* Every event except CHANNEL_ROOM, and CHANNEL_DATA that has a sink. Earlier data events have been passed to their
     * sinks. The owner may call any connection_… command and pump_… function except pump_free. */
    void (*event)(void *context, const struct connection_event *event);
    /* Called once: the connection is over. `err` OK: the peer closed it; otherwise what failed (the machine's error, or
     * ERR_SYSTEM with errno in `number`). Remaining output (a DISCONNECT) was sent as far as the socket took it. The
     * owner may free the pump later, but not in this call. */
    void (*ended)(void *context, enum err err, int number);
    void *context;
};

/* The pump borrows the connection and the descriptors (non-blocking; they may be the same one), and closes neither.
 * Starts with the next loop turn. */
struct pump *pump_new(uv_loop_t *loop, struct connection *connection, int in_fd, int out_fd,
                      const struct pump_owner *owner);
void pump_free(struct pump *pump);

/* The input is an end of a joint (programs/tcp/joint.h): if that is closed, not only shut down, the peer has reset the
 * connection, and `ended` gets ECONNRESET. */
void pump_set_joint(struct pump *pump);

/* To be called after connection_… commands outside pump_owner.event: sends what they queued and hands out the events
 * they caused. */
void pump_kick(struct pump *pump);

/* Frees memory that an idle connection does not need. Does nothing while data flows or waits for a full descriptor; the
 * pump does this by itself once data stops flowing. */
void pump_rest(struct pump *pump);

/* Moves what is read from `fd` into the channel (extended: 0 data, 1 stderr). At end of file (or error) the source
 * stops, `ended` is called (may be NULL), and the descriptor is no longer touched. The caller still owns the
 * descriptor, and decides about connection_eof. Regular files and descriptors that cannot be polled are fine. A source
 * whose data must be looked at first (escape characters) has a `filter`: it gets what was read and passes on what it
 * wants with connection_data_copy. */
struct pump_source;
struct pump_source_setup {
    int fd;
    uint32_t channel;
    uint32_t extended;
    void (*ended)(void *context, struct pump_source *source, int error_number);
    /* May be NULL. Returns false to stop the source (as if at the end of file). */
    bool (*filter)(void *context, struct bytes read);
    void *context;
    /* Our own terminal: in the background a read that finds nothing would stop the process. */
    bool is_terminal;
};
struct pump_source *pump_source_new(struct pump *pump, const struct pump_source_setup *setup);
void pump_source_pause(struct pump_source *source, bool pauses);
/* What can be read now is the last: the source ends as soon as a read gives nothing, even if other processes could
 * still write. */
void pump_source_drain(struct pump_source *source);
void pump_source_free(struct pump_source *source);

/* Writes the channel's data to `fd` and credits the window only for what was written. When the descriptor takes no
 * more, up to a window's worth is kept. `failed` (may be NULL) is called once when writing fails (EPIPE …); later data
 * is then dropped and credited. */
struct pump_sink;
struct pump_sink_setup {
    int fd;
    uint32_t channel;
    uint32_t extended;
    void (*failed)(void *context, struct pump_sink *sink, int error_number);
    /* May be NULL. Called after pump_sink_finish, when everything is written. */
    void (*drained)(void *context, struct pump_sink *sink);
    void *context;
};
struct pump_sink *pump_sink_new(struct pump *pump, const struct pump_sink_setup *setup);
/* No more data will come (CHANNEL_EOF or CLOSED): calls `drained` once all is written, possibly from within. */
void pump_sink_finish(struct pump_sink *sink);
void pump_sink_free(struct pump_sink *sink);

/* Octets moved so far. */
struct pump_count {
    uint64_t received, sent;
};
struct pump_count pump_count(const struct pump *pump);
