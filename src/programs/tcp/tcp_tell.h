/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends records to the owner and to the process that takes connections. */
#pragma once

#include "ipc/record.h"

/* Sends a record, with a descriptor unless it is -1. ERR_SYSTEM with EAGAIN: the receiver's queue is full. */
enum err tcp_tell(int fd, const struct record *record, int passed_fd);
