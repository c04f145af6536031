/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/descriptor.h"

#include "base/check.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

void descriptor_close(int *fd)
{
    int reason = errno;
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
    errno = reason;
}

size_t descriptor_raise_limit(void)
{
    struct rlimit limit = { 0, 0 };
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    return limit.rlim_cur; /* RLIM_INFINITY is the largest value */
}
