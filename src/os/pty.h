/* SPDX-License-Identifier: BSD-2-Clause */
/* Pseudo-terminals: the master's side, as a server holds it. */
#pragma once

#include "base/err.h"

#include <stdint.h>

struct pty {
    int master;    /* non-blocking, closed on exec; -1: none */
    char path[64]; /* the slave's, "/dev/pts/3" */
};

#define PTY_NONE ((struct pty){ -1, "" })

/* `dev_fd` is the directory /dev, for who has another root directory; or -1. ERR_SYSTEM: errno tells why. */
NODISCARD enum err pty_open(struct pty *pty, int dev_fd);

/* The slave, closed on exec, without its path; the caller closes it. -1 with errno: it cannot be had. */
int pty_open_slave(const struct pty *pty);

void pty_close(struct pty *pty);

/* Cells and pixels; what does not fit 16 bits is cut to the largest that does. */
void pty_resize(const struct pty *pty, uint32_t columns, uint32_t rows, uint32_t width,
                uint32_t height);
