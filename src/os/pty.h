/* SPDX-License-Identifier: BSD-2-Clause */
/* Pseudo-terminals: the master's side, which a server holds. */
#pragma once

#include "base/err.h"

#include <stdint.h>

struct pty {
    int master;    /* non-blocking, closed on exec; -1: none */
    char path[64]; /* the slave's, "/dev/pts/3" */
};

#define PTY_NONE ((struct pty){ -1, "" })

/* `dev_fd` is the directory /dev, for a process with another root directory; or -1. ERR_SYSTEM with errno. */
NODISCARD enum err pty_open(struct pty *pty, int dev_fd);

/* Opens the slave without using its path, closed on exec; the caller closes it. -1 with errno on failure. */
int pty_open_slave(const struct pty *pty);

void pty_close(struct pty *pty);

/* Cells and pixels; values that do not fit 16 bits become the largest that does. */
void pty_resize(const struct pty *pty, uint32_t columns, uint32_t rows, uint32_t width,
                uint32_t height);
