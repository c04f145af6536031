/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/auth_file.h"

#include "programs/server/common/log.h"
#include "programs/server/common/proofs.h"
#include "programs/server/session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool write_file(int fd, struct bytes text)
{
    bool done = write(fd, text.data, text.len) == (ssize_t)text.len;
    return close(fd) == 0 && done;
}

void auth_file_make(const struct session_host *host, char path[AUTH_FILE_PATH_MAX])
{
    scoped(buf) text = BUF_EMPTY(PROOFS_TEXT_MAX);
    (void)snprintf(path, AUTH_FILE_PATH_MAX, "/tmp/sshauth.XXXXXXXXXXXXXXX");
    int fd = proofs_write(host->proofs, &text) == OK ? mkostemp(path, O_CLOEXEC) : -1;
    if (fd >= 0 && write_file(fd, buf_bytes(&text)))
        return;
    log_error("no file for SSH_USER_AUTH: %s", strerror(errno));
    if (fd >= 0)
        (void)unlink(path);
    *path = '\0';
}
