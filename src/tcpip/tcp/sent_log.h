/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in flight, and what became of it: the scoreboard of SACK (RFC 2018, RFC 6675) with the
 * time of each transmission, loss detection by time (RACK-TLP, RFC 8985), the retransmission
 * timer (RFC 6298 section 5), and the signs that a retransmission was needless: D-SACK (RFC 2883,
 * RFC 3708), timestamps (Eifel, RFC 3522), F-RTO (RFC 5682). Without SACK, three duplicate ACKs
 * and partial ACKs show losses (RFC 5681, RFC 6582).
 *
 * It holds ranges of octets, not segments: what is sent within 1/32 of a round trip is one
 * range, neighbours of the same fate are merged, and there are never more than SENT_RANGES_MAX,
 * whatever a peer acknowledges (CVE-2019-11477). When they run out the record becomes coarser:
 * the later times are kept, SACKs are not recorded.
 *
 * It decides nothing about how much may be sent: that is congestion.h. The owner's order:
 *   on an ACK: sent_log_acked, congestion_acked with its result, then output;
 *   at its deadline: sent_log_expire, congestion_expired with its result, then output;
 *   output: while congestion_room allows: sent_log_next_lost, else new data; after each frame
 *   sent_log_sent and congestion_sent. */
#pragma once

#include "tcpip/tcp/rack.h"
#include "tcpip/tcp/rto.h"
#include "tcpip/tcp/undo.h"

enum sent_log_constants {
    SENT_LOG_PROBE_SLACK_US = 2000,     /* PTO is two round trips and this */
    SENT_LOG_ACK_DELAY_US = 200 * 1000, /* TLP.max_ack_delay */
    SENT_LOG_DUPLICATES = 3,            /* DupThresh */
};

/* What more than one range in flight needs. */
struct sent_log_block {
    struct sent_range ranges[SENT_RANGES_MAX];
    struct rack rack;
};

struct sent_log {
    struct rto rto;
    struct sent_log_block *block; /* or NULL */
    struct sent_ranges ranges;    /* all of [begin, end) */
    uint32_t begin, end;          /* SND.UNA, and the highest SND.NXT there was */
    struct rack_window window;
    uint16_t mss;
    bool has_sack;
    uint8_t duplicates;    /* ACKs, when there is no SACK */
    uint8_t timeouts;      /* in a row */
    uint8_t probe;         /* enum of the source */
    uint8_t recovery;      /* enum sent_log_recovery */
    uint32_t probe_end;    /* TLP.end_seq */
    uint32_t recovery_end; /* recovery is over when this is acknowledged */
    struct undo undo;
    struct tcp_range path_probe; /* empty: none in flight */
    struct instant timer_at;     /* since when the timer runs, or since when nothing is in flight */
};

enum sent_log_recovery {
    SENT_LOG_OPEN,     /* nothing is known to be lost */
    SENT_LOG_RECOVERY, /* fast recovery */
    SENT_LOG_LOSS,     /* after a timeout */
};

/* `seq` is the first to be sent: ISS, or what follows it if the SYN was handled elsewhere. */
void sent_log_init(struct sent_log *log, uint32_t seq);

/* Octets of data in a full segment, and whether the peer sends SACKs. */
void sent_log_configure(struct sent_log *log, uint16_t mss, bool has_sack);

/* ---- memory ---- */

/* Whether a block would help: ask before sending more, and before an ACK with SACK blocks. Without
 * one the log works as TCP did before SACK. */
bool sent_log_wants_block(const struct sent_log *log);
/* Lends a block until sent_log_take_block or sent_log_drop returns it. */
void sent_log_lend_block(struct sent_log *log, struct sent_log_block *block);
/* Returns the block, if there is one and nothing is in flight; else NULL. */
struct sent_log_block *sent_log_take_block(struct sent_log *log);
/* Returns the block, or NULL, at the end of the connection. The log is empty then. */
struct sent_log_block *sent_log_drop(struct sent_log *log);

/* ---- sending ---- */

/* [begin, end) was sent, with SYN and FIN counting one each: new data from log->end on, or data
 * within the log again. */
void sent_log_sent(struct sent_log *log, uint32_t begin, uint32_t end, struct instant now);

/* The segment sent last probes for a larger path MTU: its loss does not indicate congestion and starts no recovery
 * (RFC 8899 section 3 item 7, RFC 4821 section 3). This holds until it is sent again; an empty range ends it. */
void sent_log_path_probe(struct sent_log *log, uint32_t begin, uint32_t end);

/* The earliest octets, at most `max`, to send again; false: none. With `has_new`, F-RTO may prefer
 * new data to be sent. */
bool sent_log_next_lost(const struct sent_log *log, uint32_t max, bool has_new,
                        struct tcp_range *out);

/* Estimated octets in the network: sent, not acknowledged, not known to be lost ("pipe"). */
uint32_t sent_log_in_flight(const struct sent_log *log);
bool sent_log_is_empty(const struct sent_log *log);

/* ---- what became of it ---- */

struct sent_log_ack {
    uint32_t ack;                  /* within [log->begin, log->end]: anything else is ignored */
    const struct tcp_range *sacks; /* as received; blocks of what was not sent are ignored */
    size_t sack_count;
    /* No data, no change of the window, no SYN or FIN (RFC 5681 section 2). */
    bool may_be_duplicate;
    /* When the segment whose timestamp is echoed was sent, to the tick of the timestamps (1 ms);
     * INSTANT_NEVER: no timestamps. */
    struct instant echo_at;
};

struct sent_log_result {
    uint32_t acked;                       /* octets that SND.UNA advanced */
    uint32_t delivered;                   /* octets newly acknowledged or sacked */
    uint32_t sacked;                      /* of these, by SACK alone */
    uint32_t lost;                        /* octets newly considered lost */
    uint32_t round_trip_us;               /* 0: no sample. The log's rto has it already */
    uint32_t in_flight_before, in_flight; /* octets */
    uint32_t begin, end;                  /* SND.UNA and SND.NXT now */
    struct tcp_range duplicate;           /* received twice (D-SACK); empty: none */
    enum sent_log_recovery recovery;      /* now */
    bool has_entered;                     /* recovery began with this */
    bool has_left;                        /* recovery ended with this */
    bool was_needless;                    /* recovery was not needed: undo the reduction */
    bool probe_repaired; /* TLP's probe filled a hole: a loss (RFC 8985 section 7.4.2) */
};

void sent_log_acked(struct sent_log *log, const struct sent_log_ack *ack, struct instant now,
                    struct sent_log_result *result);

/* ---- time ---- */

enum sent_log_expiry {
    SENT_LOG_NOTHING, /* too early */
    SENT_LOG_LOST,    /* RACK: what seemed reordered is now considered lost; result has how much */
    SENT_LOG_PROBE,   /* TLP: whatever the window, send what sent_log_probe returns */
    SENT_LOG_TIMEOUT, /* everything in flight is considered lost; the timeout is backed off */
};

struct instant sent_log_deadline(const struct sent_log *log);
enum sent_log_expiry sent_log_expire(struct sent_log *log, struct instant now,
                                     struct sent_log_result *result);

/* The probe: true and a range to send again, or false: send one new segment (only with `has_new`:
 * there is data, and the peer's window allows it). Then call sent_log_sent as usual. */
bool sent_log_probe(struct sent_log *log, bool has_new, struct tcp_range *out);

/* Consecutive timeouts: R1 and R2 of RFC 9293 section 3.8.3. */
unsigned sent_log_timeouts(const struct sent_log *log);

/* The path takes only smaller segments: everything in flight must be sent again, without a
 * reduction (RFC 1191 section 6.3.1, RFC 8201 section 5.4). */
void sent_log_resend_all(struct sent_log *log);
