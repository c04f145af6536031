/* SPDX-License-Identifier: BSD-2-Clause */
/* A network for this process and its children alone, with nothing in it but a loopback device. Who is not root gets
 * one by a user namespace of its own, in which it is who it was and may set the network up, until it runs another
 * program. */
#pragma once

#include "base/err.h"

/* For a process with a single thread. ERR_SYSTEM with errno: it is not allowed here (EPERM), or something else. */
NODISCARD enum err own_network_enter(void);
