/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be seen of our own TCP connection, told as facts (os_events.h): with CAP_NET_RAW the segments
 * themselves, without it what the kernel counts (TCP_INFO) and what its error queue holds. Nothing is
 * invented: unknown sequence numbers are marked as relative. */
#pragma once

#include "base/trace.h"
#include "os/endpoint.h"

#include <sys/socket.h>

struct tcp_view;

/* Before connect: the socket is not connected yet. Binds it to a local port (so that the capture's filter
 * can name it), asks for the error queue, and starts to capture if that is allowed. `trace` outlives the
 * view. */
struct tcp_view *tcp_view_begin(int fd, const struct sockaddr *address, socklen_t address_len,
                                const struct trace *trace);

/* It has neither connected nor failed, and nobody waits for it any more. Then free the view. */
void tcp_view_dropped(struct tcp_view *view);

/* The connection failed with this errno: tells it and what the error queue knows. Then free the view. */
void tcp_view_failed(struct tcp_view *view, int error_number);

/* The connection stands: tells the handshake. */
void tcp_view_connected(struct tcp_view *view);

/* The connection is about to end, or ended: the kernel's counters once more. */
void tcp_view_end(struct tcp_view *view);

/* The owner has closed the connection: tells the segments that end it, where they can be captured, and waits a
 * little for the other end's. */
void tcp_view_closed(struct tcp_view *view);

void tcp_view_free(struct tcp_view *view);

/* For a listening socket: the kernel shall keep the SYN of each connection for tcp_view_accepted. */
void tcp_view_keep_syn(int listening_fd);

/* A connection that was accepted: tells the handshake as the server's kernel remembers it. The SYN is
 * known in full if it was kept; of the other segments, that they were there. Of what is no connection of the
 * kernel's TCP it tells that nothing can be seen. */
void tcp_view_accepted(int fd, const struct endpoint *peer, const struct endpoint *local,
                       const struct trace *trace);
