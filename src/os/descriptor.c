/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/descriptor.h"

#include <errno.h>
#include <unistd.h>

void descriptor_close(int *fd)
{
    int reason = errno;
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
    errno = reason;
}
