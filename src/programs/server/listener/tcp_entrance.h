/* SPDX-License-Identifier: BSD-2-Clause */
/* How connections reach the listener when the kernel's TCP is not used: glassh-tcp (programs/common/tcp_link.h) listens
 * at the addresses of its devices. */
#pragma once

#include <stdbool.h>

struct server_options;
struct tcp_link;

/* Listens at the ports of the options; a link that is open stays as it is, with its ports. Each address and port is
 * logged. False: there is no link, and the reason is logged. */
bool tcp_entrance_open(struct tcp_link *tcp, const struct server_options *options);
