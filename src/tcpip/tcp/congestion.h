/* SPDX-License-Identifier: BSD-2-Clause */
/* How much may be in flight: slow start and congestion avoidance (RFC 5681, MUST-19) with an
 * initial window of ten segments (RFC 6928), by CUBIC (RFC 9438) with HyStart++ (RFC 9406), by
 * Reno, or by the peer's window alone. During loss recovery, proportional rate reduction (prr.h)
 * decides. The window grows only with octets delivered, never with the number of ACKs, and only
 * while it is in use (RFC 9438 section 5.8); so a peer cannot inflate it (Savage 1999). */
#pragma once

#include "tcpip/stack.h"
#include "tcpip/tcp/cubic.h"
#include "tcpip/tcp/hystart.h"
#include "tcpip/tcp/prr.h"
#include "tcpip/tcp/sent_log.h"

struct congestion {
    uint32_t window, threshold;           /* cwnd, ssthresh: octets */
    uint32_t undo_window, undo_threshold; /* before the reduction; 0: none */
    uint32_t burst;                       /* octets the link takes in one frame */
    uint32_t limited_end;                 /* data up to here was sent while the window was in use */
    uint32_t used, used_end;              /* the most in flight, until this is acknowledged */
    uint32_t reduced_end;                 /* the reduction lasts until this is acknowledged */
    uint16_t mss;
    uint8_t kind; /* enum congestion_kind */
    bool is_limited, is_reduced;
    bool is_beginning; /* HyStart++ has not ended the first slow start */
    struct prr prr;
    union {
        struct cubic cubic;
        struct hystart hystart; /* is_beginning */
        uint32_t counted;       /* Reno: octets delivered towards the next segment */
    };
};

/* `burst`: the largest frame the link takes, in octets of data; at least one segment. */
void congestion_init(struct congestion *c, enum congestion_kind kind, uint16_t mss, uint32_t burst);
/* The path's segment size changed: the window stays the same in octets (RFC 8899 section 4.4), but
 * is at least one segment. */
void congestion_set_mss(struct congestion *c, uint16_t mss);
/* After congestion_init, for a connection that was idle: restores what was learned before. `is_beginning`: its first
 * slow start was not over. */
void congestion_restore(struct congestion *c, uint32_t window, uint32_t threshold,
                        bool is_beginning);
/* Our SYN or SYN-ACK was lost: the initial window is one segment (RFC 6928 section 2). */
void congestion_syn_was_lost(struct congestion *c);

/* After sent_log_acked. */
void congestion_acked(struct congestion *c, const struct sent_log_result *result,
                      uint32_t smoothed_us, struct instant now);
/* After sent_log_expire, for LOST and TIMEOUT. */
void congestion_expired(struct congestion *c, enum sent_log_expiry expiry,
                        const struct sent_log_result *result);
/* An ACK has ECE (RFC 3168 section 6.1.2). True: the window was reduced, which happens at most once
 * per round trip; the next new data carries CWR. */
bool congestion_echoed(struct congestion *c, const struct sent_log *log);

/* Before sending data with nothing in flight: after an idle time longer than a timeout the window
 * is reset to the initial one (RFC 5681 section 4.1). */
void congestion_resume(struct congestion *c, const struct sent_log *log, struct instant now);
/* After sent_log_sent. */
void congestion_sent(struct congestion *c, const struct sent_log *log, uint32_t octets);

/* The most octets one frame should carry, in whole segments: at most half the window, so that the ACK of one frame does
 * not find the sender idle; and at most what the flow sends in about a millisecond, or `least`, so that slow flows do
 * not delay others. */
uint32_t congestion_frame_max(const struct congestion *c, uint32_t least, uint32_t smoothed_us);
/* Octets that may be sent now, apart from the peer's window; UINT32_MAX: no limit. */
uint32_t congestion_room(const struct congestion *c, const struct sent_log *log);
