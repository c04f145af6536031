/* SPDX-License-Identifier: BSD-2-Clause */
/* CHANNEL_REQUEST of session channels, RFC 4254 sections 6.2 to 6.10, and OpenSSH's few additions. */
#pragma once

#include "base/buf.h"
#include "base/reader.h"

enum channel_request_kind {
    CHANNEL_REQUEST_PTY,
    CHANNEL_REQUEST_ENV,
    CHANNEL_REQUEST_SHELL,
    CHANNEL_REQUEST_EXEC,
    CHANNEL_REQUEST_SUBSYSTEM,
    CHANNEL_REQUEST_WINDOW_CHANGE,
    CHANNEL_REQUEST_SIGNAL,
    CHANNEL_REQUEST_BREAK,
    CHANNEL_REQUEST_EXIT_STATUS,
    CHANNEL_REQUEST_EXIT_SIGNAL,
    CHANNEL_REQUEST_XON_XOFF,
    CHANNEL_REQUEST_EOW,
    CHANNEL_REQUEST_KEEPALIVE,
    CHANNEL_REQUEST_OTHER, /* any other name */
};

/* One request; which fields mean something depends on the kind. Octets are borrowed. */
struct channel_request {
    enum channel_request_kind kind;
    struct bytes name; /* as on the wire */
    bool want_reply;
    struct bytes term;                     /* PTY */
    uint32_t columns, rows, width, height; /* PTY, WINDOW_CHANGE: cells, pixels */
    struct bytes modes;                    /* PTY: encoded terminal modes, RFC 4254 section 8 */
    struct bytes variable;                 /* ENV: its name */
    struct bytes text;    /* ENV value, EXEC command, SUBSYSTEM name, SIGNAL name without
                                               "SIG", EXIT_SIGNAL's signal name */
    struct bytes message; /* EXIT_SIGNAL: the peer's text */
    bool core_dumped;     /* EXIT_SIGNAL */
    uint32_t status;      /* EXIT_STATUS; BREAK: its length in ms */
};

/* The wire name of a kind (not OTHER). */
const char *channel_request_name(enum channel_request_kind kind);

/* Limits on what becomes a C string or a table at the other end. */
enum {
    CHANNEL_REQUEST_TERM_MAX = 64,                /* octets of a terminal's type */
    CHANNEL_REQUEST_MODES_MAX = 1024,             /* octets of a terminal's modes */
    CHANNEL_REQUEST_VARIABLE_MAX = 64,            /* octets of a variable's name */
    CHANNEL_REQUEST_VALUE_MAX = 4 * 1024,         /* octets of a variable's value */
    CHANNEL_REQUEST_SIGNAL_MAX = 64,              /* octets of the name of a signal to be sent */
    CHANNEL_REQUEST_COMMAND_MAX = 128 * 1024 - 1, /* octets of a command, as Linux takes it */
};

/* Decodes the type-specific part of a request. ERR_TRUNCATED, ERR_TRAILING: the peer breaks the protocol.
 * ERR_BAD_VALUE: well formed, but it has a NUL or is over a limit: answer it with failure; *out may be read. */
NODISCARD enum err channel_request_decode(struct bytes name, bool want_reply, struct bytes specific,
                                          const struct field_sink *sink,
                                          struct channel_request *out);

/* Appends the type-specific part. */
NODISCARD enum err channel_request_encode(struct buf *out, const struct channel_request *request);
