/* SPDX-License-Identifier: BSD-2-Clause */
/* Which messages are legal when: one table over role, phase and message number, consulted before
 * any message is decoded. The list is legality.def. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ssh/role.h"

/* What the receiving side waits for. Both roles share the phases; a server is never in those between
 * AUTH_IDLE and AUTH_INTERACTIVE. */
enum legality_phase {
    LEGALITY_KEXINIT,          /* the first KEXINIT */
    LEGALITY_KEX,              /* KEX_INIT (server) or KEX_REPLY (client) */
    LEGALITY_NEWKEYS,          /* the first NEWKEYS */
    LEGALITY_AFTER_NEWKEYS,    /* the very next packet, which may be EXT_INFO */
    LEGALITY_SERVICE,          /* SERVICE_REQUEST or SERVICE_ACCEPT */
    LEGALITY_AUTH_IDLE,        /* server: a request; client: nothing, it has asked nothing */
    LEGALITY_AUTH_NONE,        /* client: the reply to a request with method none */
    LEGALITY_AUTH_QUERY,       /* client: … to a publickey query without a signature */
    LEGALITY_AUTH_SIGNED,      /* client: … to a signed publickey request */
    LEGALITY_AUTH_PASSWORD,    /* client: … to a password */
    LEGALITY_AUTH_INTERACTIVE, /* client: prompts or the outcome; server: answers or a new request */
    LEGALITY_OPEN,             /* the connection protocol; also after our own KEXINIT of a rekey */
    LEGALITY_REKEY,         /* after the peer's KEXINIT of a rekey: its next key-exchange message */
    LEGALITY_REKEY_NEWKEYS, /* NEWKEYS of a rekey */
    LEGALITY_PHASE_COUNT
};

enum legality_action {
    LEGALITY_DISCONNECT_PROTOCOL,  /* DISCONNECT, PROTOCOL_ERROR */
    LEGALITY_DISCONNECT_SERVICE,   /* DISCONNECT, SERVICE_NOT_AVAILABLE */
    LEGALITY_ACCEPT,               /* its handler decides */
    LEGALITY_CHANNEL,              /* as ACCEPT; the channel it names decides */
    LEGALITY_ANSWER,               /* the answer to our oldest open request, otherwise ignored */
    LEGALITY_IGNORE,               /* within the budget */
    LEGALITY_IGNORE_EARLY,         /* at most LEGALITY_EARLY_MAX; an error once strict is known */
    LEGALITY_IGNORE_UNLESS_STRICT, /* at most LEGALITY_EARLY_MAX; strict: DISCONNECT_PROTOCOL */
    LEGALITY_UNIMPLEMENTED,        /* answer UNIMPLEMENTED, within the budget */
    LEGALITY_PEER_DISCONNECT,      /* the peer ends the connection */
};

enum { LEGALITY_EARLY_MAX = 4 }; /* messages that are ignored in the first key exchange */

enum legality_action legality_of(enum role receiver, enum legality_phase phase, uint8_t number);

/* Whether a message may be sent between our KEXINIT and our NEWKEYS, RFC 4253 section 7.1; all others
 * wait in a queue. */
bool legality_may_send_in_kex(uint8_t number);

/* "KEX" for LEGALITY_KEX. */
const char *legality_phase_name(enum legality_phase phase);
