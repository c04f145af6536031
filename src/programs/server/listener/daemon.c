/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/daemon.h"

#include "os/file.h"

#include <unistd.h>

enum err daemon_detach(void)
{
    return daemon(0, 0) == 0 ? OK : ERR_SYSTEM;
}

enum err daemon_write_pid(const char *path)
{
    scoped(buf) line = BUF_EMPTY(32);
    TRY(buf_format(&line, "%ld\n", (long)getpid()));
    return file_write(path, buf_bytes(&line), 0644);
}
