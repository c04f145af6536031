/* SPDX-License-Identifier: BSD-2-Clause */
/* The channels of a connection, RFC 4254 section 5: their table, their states and windows, requests and replies. Data
 * is not copied here; the code that builds data packets asks how much may be sent. */
#pragma once

#include "base/buf.h"
#include "base/instant.h"
#include "base/trace.h"
#include "ssh/budget.h"
#include "ssh/channel/channel_request.h"
#include "ssh/channel/window.h"
#include "ssh/limits.h"
#include "ssh/outbox.h"
#include "ssh/role.h"

enum channels_event_kind {
    CHANNELS_NOTHING,
    CHANNELS_OPENING, /* the peer asks for a channel: channels_answer_open; type */
    CHANNELS_OPENED,
    CHANNELS_REFUSED, /* reason, text */
    CHANNELS_DATA,    /* extended, data */
    CHANNELS_EOF,
    CHANNELS_CLOSED,
    CHANNELS_REQUEST, /* request; if it wants a reply: channels_answer_request */
    CHANNELS_REPLY,   /* ok */
};

struct channels_event {
    enum channels_event_kind kind;
    uint32_t channel;
    bool ok;
    uint32_t extended, reason;
    struct bytes type, data, text;
    struct channel_request request;
};

struct channels_channel {
    bool is_used;
    bool is_asked;   /* the peer asked for it, and the owner has not answered */
    bool is_opening; /* we asked for it, and the peer has not answered */
    bool is_open_sent;
    bool is_guessed; /* requests were sent before the confirmation, to channel 0 */
    bool eof_received, eof_sent, close_sent;
    bool wants_room; /* there was no room for data */
    uint32_t peer_id;
    uint32_t send_window, send_max;
    uint32_t replies_awaited; /* to requests of ours */
    uint32_t replies_owed;    /* to requests of the peer */
    struct window window;
    struct buf held; /* requests waiting for the confirmation, as strings */
    bool data_sent, data_received, room_sent, room_received;
};

struct channels {
    enum role role;
    unsigned max_sessions;
    const struct trace *trace;
    struct outbox outbox;
    struct budget *budget;
    struct instant now;
    int64_t round_trip_us;
    bool no_more_sessions;
    bool is_allowed, guesses;       /* see channels_allow */
    struct channels_channel *table; /* grows up to LIMITS_CHANNELS */
    size_t count;
};

void channels_init(struct channels *c, enum role role, unsigned max_sessions, struct budget *budget,
                   const struct trace *trace, struct outbox outbox);
void channels_wipe(struct channels *c);

/* Takes messages 90 to 100 after the login. ERR_BAD_STATE, ERR_OVER_BUDGET, decoding errors. */
NODISCARD enum err channels_feed(struct channels *c, struct bytes payload,
                                 struct channels_event *event);

/* Commands. The channel's number is ours. */
uint32_t channels_open_session(struct channels *c);
void channels_answer_open(struct channels *c, uint32_t channel, bool accepted, uint32_t reason);
void channels_request(struct channels *c, uint32_t channel, const struct channel_request *request);
/* Answers the channel's oldest pending request: answers go in the order of the requests (RFC 4254 section 4) as long as
 * the owner answers each before it feeds the next message, as every owner does while it handles the event. What the
 * machine itself refuses it refuses at once, and that would overtake a later answer. */
void channels_answer_request(struct channels *c, uint32_t channel, bool ok);
void channels_eof(struct channels *c, uint32_t channel);
void channels_close(struct channels *c, uint32_t channel);
void channels_delivered(struct channels *c, uint32_t channel, size_t count);

/* Opens may be sent now. `guesses`: requests need not wait for the confirmation, because this server gives the first
 * channel the number 0. Sends the waiting opens and requests. */
void channels_allow(struct channels *c, bool guesses);
/* What was sent so far was thrown away by a server that had not let us in: the next channels_allow sends it again. */
void channels_forbid(struct channels *c);

/* Octets of data that one more packet may carry, after `already` octets in packets being built; 0: none. */
size_t channels_sendable(const struct channels *c, uint32_t channel, size_t already);
/* Octets before the data in a message. */
enum { CHANNELS_DATA_HEADER_LEN = 9, CHANNELS_EXTENDED_HEADER_LEN = 13 };

/* The header of a data message of that length; returns its length. */
size_t channels_data_header(const struct channels *c, uint32_t channel, uint32_t extended,
                            size_t len, uint8_t *out);
void channels_sent_data(struct channels *c, uint32_t channel, uint32_t extended, size_t len);

/* Notes that the owner waits for room on the channel; and takes a channel that has room again, if there is one. */
void channels_want_room(struct channels *c, uint32_t channel);
bool channels_take_room(struct channels *c, uint32_t *channel);
