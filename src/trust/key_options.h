/* SPDX-License-Identifier: BSD-2-Clause */
/* The options before a key in authorized_keys, and the policy that results from them. A zeroed struct
 * allows nothing; a line without options allows what key_options_init sets. Values are kept without quotes. */
#pragma once

#include "base/buf.h"

enum key_options_permission {
    KEY_OPTIONS_PTY = 1 << 0,
    KEY_OPTIONS_PORT_FORWARDING = 1 << 1,
    KEY_OPTIONS_AGENT_FORWARDING = 1 << 2,
    KEY_OPTIONS_X11_FORWARDING = 1 << 3,
    KEY_OPTIONS_USER_RC = 1 << 4,
    KEY_OPTIONS_UNTOUCHED = 1 << 5,  /* a security key need not be touched */
    KEY_OPTIONS_UNVERIFIED = 1 << 6, /* a security key need not know its user (PIN, finger) */

    /* What "restrict" takes away. */
    KEY_OPTIONS_RESTRICTED = KEY_OPTIONS_PTY | KEY_OPTIONS_PORT_FORWARDING |
                             KEY_OPTIONS_AGENT_FORWARDING | KEY_OPTIONS_X11_FORWARDING |
                             KEY_OPTIONS_USER_RC,
    KEY_OPTIONS_USUAL = KEY_OPTIONS_RESTRICTED | KEY_OPTIONS_UNVERIFIED,
};

/* A value that may be given and yet be empty. */
struct key_options_text {
    bool is_given;
    struct buf text;
};

struct key_options {
    unsigned permissions; /* bits of key_options_permission */
    bool is_authority; /* cert-authority: the key signs certificates, it does not log in itself */
    struct key_options_text command;    /* run instead of what the client asks for */
    struct key_options_text from;       /* list of patterns and CIDR blocks */
    struct key_options_text principals; /* comma-separated; only with is_authority */

    /* Each text ends with a NUL; take them with bytes_cut(&rest, 0). */
    struct key_options_text environment;   /* NAME=value, each name once */
    struct key_options_text permit_open;   /* host:port; if given, nothing else may be opened */
    struct key_options_text permit_listen; /* [host:]port; likewise */

    struct key_options_text tunnel; /* a number or "any" */

    /* expiry-time, in seconds since 1970: in UTC, and by the server's wall clock; INT64_MAX without one. */
    int64_t expires_at;
    int64_t expires_at_local;
};

/* What a line without options allows. */
void key_options_init(struct key_options *options);
void key_options_wipe(struct key_options *options);

/* Takes the options off the front of a line: up to the first blank outside quotes. False, with nothing
 * taken, if a quote is not closed. */
bool key_options_split(struct bytes *line, struct bytes *text);

/* Reads options into an initialised struct. An unknown option, a repeated one that may be given only once, a
 * NUL or a wrong value is ERR_BAD_VALUE: such a line must not count. After an error it may only be wiped. */
NODISCARD enum err key_options_parse(struct key_options *options, struct bytes text);

/* Where and when a key is used. */
struct key_options_circumstances {
    struct bytes address;   /* the client's, as numeric text */
    struct bytes host_name; /* the client's if it was looked up, or empty */
    int64_t now;            /* seconds since 1970, UTC */
    int64_t utc_offset;     /* how far the server's wall clock is ahead of UTC, in seconds */
};

/* Why the options do not let the key in, for the log, or NULL if they do. */
const char *key_options_refusal(const struct key_options *options,
                                const struct key_options_circumstances *circumstances);
