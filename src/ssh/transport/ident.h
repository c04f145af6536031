/* SPDX-License-Identifier: BSD-2-Clause */
/* The identification exchange, RFC 4253 section 4.2: each side sends one line, "SSH-2.0-software". A server may send
 * lines for people before it, a client may not. Our line is in the output from the start. Call next and output again
 * after each feed. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/trace.h"
#include "ssh/role.h"

enum {
    IDENT_LEN_MAX = 255,            /* octets of an identification, with CR LF */
    IDENT_BANNER_LEN_MAX = 1024,    /* octets of a line before it, with CR LF */
    IDENT_BANNER_LINES_MAX = 1024,  /* lines before it */
    IDENT_BANNER_TOTAL = 64 * 1024, /* octets of all lines before it */
    IDENT_HINT_LEN = 32,            /* first octets, kept to diagnose what the peer may be */
};

enum ident_state { IDENT_EXPECT_LINE, IDENT_DONE, IDENT_FAILED };

enum ident_event_kind {
    IDENT_EVENT_BANNER, /* .line is for people; client only */
    IDENT_EVENT_DONE,   /* .line is the peer's identification */
};

struct ident_event {
    enum ident_event_kind kind;
    struct bytes
        line; /* without CR LF; the peer's: escape before showing; valid until the next feed */
};

struct ident {
    enum role role;
    enum ident_state state;
    const struct trace *trace;
    const char *failure;
    struct ident_event event;
    bool has_event;
    size_t banner_lines;
    size_t banner_total;
    size_t line_len; /* octets of the line so far */
    size_t output_len;
    size_t output_sent;
    size_t ours_len;
    size_t hint_len;
    uint8_t hint[IDENT_HINT_LEN];
    uint8_t line[IDENT_BANNER_LEN_MAX];
    uint8_t output[IDENT_LEN_MAX + 24]; /* our line; a server's refusal may follow */
};

/* `software` is printable US-ASCII, at most 240 octets. */
void ident_init(struct ident *m, enum role role, const char *software, const struct trace *trace);

/* Takes octets from the peer. *used is how many were consumed: all of them, unless there is an event to collect first
 * or the exchange is done (the rest belongs to the packets). Errors end it: ERR_BAD_VERSION (the server's output then
 * ends with "Protocol mismatch."), ERR_TOO_LONG, ERR_BAD_VALUE (an octet that is not allowed). */
NODISCARD enum err ident_feed(struct ident *m, struct bytes in, size_t *used);
bool ident_next(struct ident *m, struct ident_event *event);
/* Valid until ident_sent or a feed. */
struct bytes ident_output(const struct ident *m);
void ident_sent(struct ident *m, size_t count);

bool ident_is_done(const struct ident *m);
/* Both lines without CR LF, as they enter the exchange hash; the peer's is empty until DONE. Valid as
 * long as the machine. */
struct bytes ident_ours(const struct ident *m);
struct bytes ident_peer(const struct ident *m);

/* The peer's line, as far as it came. Valid until the next feed. */
struct bytes ident_line(const struct ident *m);

/* One sentence: why it failed, or, if the connection ended or timed out here, what the peer seems to be; "" if there is
 * nothing to say. */
const char *ident_failure(const struct ident *m);

/* Which kind of service starts with these octets, in one sentence; NULL: unknown. */
const char *ident_diagnose(struct bytes first);
