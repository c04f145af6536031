/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's way in when the kernel's TCP is not used: glassh-tcp (programs/common/tcp_link.h) listens, at the addresses
 * of its devices. */
#pragma once

#include <stdbool.h>

struct server_options;
struct tcp_link;

/* At the ports that the options say; a link that is open stays as it is, its ports too. Each place is logged.
 * False: there is no link; why is logged. */
bool tcp_entrance_open(struct tcp_link *tcp, const struct server_options *options);
