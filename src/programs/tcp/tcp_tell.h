/* SPDX-License-Identifier: BSD-2-Clause */
/* Records to the owner and to whoever takes connections. */
#pragma once

#include "ipc/record.h"

/* With a descriptor, or -1. ERR_SYSTEM with EAGAIN: it has too much to read already. */
enum err tcp_tell(int fd, const struct record *record, int passed_fd);
