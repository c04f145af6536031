/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/auth_file.h"

#include "os/descriptor.h"
#include "os/system_error.h"
#include "programs/server/common/log.h"
#include "programs/server/common/proofs.h"
#include "programs/server/session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum err write_text(int fd, struct bytes text)
{
    ssize_t took = write(fd, text.data, text.len);
    if (took >= 0 && (size_t)took < text.len)
        errno = ENOSPC;
    return took == (ssize_t)text.len ? OK : ERR_SYSTEM;
}

static enum err make(struct bytes text, char *path)
{
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return ERR_SYSTEM;
    enum err err = write_text(fd, text);
    descriptor_close(&fd);
    if (err != OK)
        (void)unlink(path);
    return err;
}

void auth_file_make(const struct session_host *host, char path[AUTH_FILE_PATH_MAX])
{
    scoped(buf) text = BUF_EMPTY(PROOFS_TEXT_MAX);
    (void)snprintf(path, AUTH_FILE_PATH_MAX, "/tmp/sshauth.XXXXXXXXXXXXXXX");
    enum err err = proofs_write(host->proofs, &text);
    if (err == OK)
        err = make(buf_bytes(&text), path);
    if (err == OK)
        return;
    log_error("no file for SSH_USER_AUTH: %s", system_error_text(err));
    *path = '\0';
}
