/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports what can be seen of our own TCP connection as facts (os_events.h): with CAP_NET_RAW the segments
 * themselves, without it what the kernel counts (TCP_INFO) and what its error queue holds. Nothing is
 * invented: unknown sequence numbers are marked as relative. */
#pragma once

#include "base/trace.h"
#include "os/endpoint.h"

#include <sys/socket.h>

struct tcp_view;

/* To be called before connect. Binds the socket to a local port (which the capture's filter needs), enables the
 * error queue, and starts to capture if that is allowed. `trace` must outlive the view. */
struct tcp_view *tcp_view_begin(int fd, const struct sockaddr *address, socklen_t address_len,
                                const struct trace *trace);

/* The attempt neither connected nor failed, and is no longer wanted. Free the view afterwards. */
void tcp_view_dropped(struct tcp_view *view);

/* The connection failed with this errno: reports it and what the error queue holds. Free the view afterwards. */
void tcp_view_failed(struct tcp_view *view, int error_number);

/* The connection is established: reports the handshake. */
void tcp_view_connected(struct tcp_view *view);

/* The connection is about to end, or has ended: reports the kernel's counters once more. */
void tcp_view_end(struct tcp_view *view);

/* The owner has closed the connection: reports the segments that end it, where they can be captured, and waits
 * briefly for the other end's. */
void tcp_view_closed(struct tcp_view *view);

void tcp_view_free(struct tcp_view *view);

/* For a listening socket: has the kernel keep the SYN of each connection for tcp_view_accepted. */
void tcp_view_keep_syn(int listening_fd);

/* For an accepted connection: reports the handshake as the server's kernel remembers it. The SYN is known in
 * full if it was kept; of the other segments, only that they existed. For a connection that is not the kernel's
 * TCP it reports that nothing can be seen. */
void tcp_view_accepted(int fd, const struct endpoint *peer, const struct endpoint *local,
                       const struct trace *trace);
