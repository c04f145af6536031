/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that is TCP (src/tcpip) for glasshd or glassh: it has the stack and TUN devices, and whoever uses a
 * connection has one end of a socket pair (joint.h). What it is told and tells is the records TCP_… of
 * ipc/record.def. It is locked in before the first packet is read. */
#pragma once

#include "os/sandbox.h"

/* Its end of the socket to its owner. */
enum { TCP_SERVICE_CONTROL = 3 };

/* Until its owner is gone and all connections have ended, or a device is gone: the exit status. */
int tcp_service_run(const struct sandbox_setup *sandbox);
