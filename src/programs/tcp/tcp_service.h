/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that does TCP (src/tcpip) for glasshd or glassh: it has the stack and TUN devices, and the user of a
 * connection has one end of a socket pair (joint.h). It takes and sends the records TCP_… of ipc/record.def. It is
 * locked in before the first packet is read. */
#pragma once

#include "os/sandbox.h"

/* The descriptor of its socket to the owner. */
enum { TCP_SERVICE_CONTROL = 3 };

/* Runs until its owner is gone and all connections have ended, or a device is gone; returns the exit status. */
int tcp_service_run(const struct sandbox_setup *sandbox);
