/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures the segments of one of our own TCP connections (AF_PACKET), where CAP_NET_RAW allows it. The
 * filter is in the kernel and locked: only frames to or from that local port can ever be seen. */
#pragma once

#include "base/bytes.h"

/* Which segments: those that have one of these flags. */
enum { CAPTURE_ALL = 0xff, CAPTURE_ENDS = 0x05 /* FIN, RST */ };

/* A capturing descriptor for frames of that local TCP port, or -1 with errno. Call before connecting. */
int capture_open(uint16_t local_port, uint8_t flags);

/* Takes the next frame, from its IP header on, waiting for at most `wait_ms`; *age_us is how long ago it
 * passed. False if there is none. */
bool capture_next(int fd, int wait_ms, struct span room, struct bytes *frame, int64_t *age_us);
