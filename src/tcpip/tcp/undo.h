/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a recovery was needless because nothing was lost: everything sent again is reported as
 * received twice (D-SACK, RFC 3708); what was acknowledged is, by its timestamp, older than
 * anything sent again (Eifel, RFC 3522); or after a timeout only octets sent once arrive (F-RTO,
 * RFC 5682). */
#pragma once

#include "tcpip/tcp/seq.h"

#include "base/instant.h"

struct undo {
    struct instant sent_at; /* when something was first sent again, or INSTANT_NEVER */
    uint32_t octets;        /* sent again and not reported as received twice */
    uint32_t end;           /* end of what was in flight when recovery began */
    bool is_possible;
    bool is_refuted; /* a timestamp shows that something sent again was needed */
    uint8_t frto;    /* enum of the source */
};

/* What an ACK showed, during recovery or after. */
struct undo_facts {
    uint32_t begin;            /* SND.UNA */
    uint32_t acked, delivered; /* octets */
    bool may_be_duplicate;
    bool has_original;  /* something before undo.end arrived that was sent only once */
    bool has_ambiguous; /* something was acknowledged that was sent again */
    /* The segment that the ACK echoes was sent before this, or INSTANT_NEVER. */
    struct instant echo_until;
    bool is_recovery, is_loss; /* in recovery; after a timeout */
};

void undo_init(struct undo *u);

/* Recovery begins; everything up to `end` is in flight. `is_first`: not within another recovery. */
void undo_begin(struct undo *u, uint32_t end, bool is_timeout, bool is_first);
/* Another timeout came, or the recovery was undone. */
void undo_stop_frto(struct undo *u);
void undo_end(struct undo *u);

void undo_sent_again(struct undo *u, uint32_t octets, struct instant now);
void undo_duplicate(struct undo *u, uint32_t octets);

/* F-RTO prefers new data to retransmissions. */
bool undo_wants_new(const struct undo *u);

/* True: recovery was needless. */
bool undo_judge(struct undo *u, const struct undo_facts *facts);
