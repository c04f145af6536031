/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/auth_file.h"

#include "base/base64.h"
#include "base/reader.h"
#include "programs/server/common/log.h"
#include "programs/server/session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 64 * 1024 };

static enum err write_proof(struct bytes method, struct bytes blob, struct buf *out)
{
    struct reader r = reader_over(blob, NULL);
    struct bytes type = reader_string(&r, "key type");
    TRY(buf_append(out, method));
    if (blob.len > 0) {
        TRY(buf_append_text(out, " "));
        TRY(buf_append(out, type));
        TRY(buf_append_text(out, " "));
        TRY(base64_encode(blob, true, out));
    }
    return buf_append_text(out, "\n");
}

static enum err write_all(struct bytes proofs, struct buf *out)
{
    while (proofs.len > 0) {
        struct reader r = reader_over(proofs, NULL);
        struct bytes method = reader_string(&r, "method");
        struct bytes blob = reader_string(&r, "key blob");
        proofs = reader_rest(&r, "more proofs");
        TRY(reader_end(&r));
        TRY(write_proof(method, blob, out));
    }
    return OK;
}

static bool write_file(int fd, struct bytes text)
{
    bool done = write(fd, text.data, text.len) == (ssize_t)text.len;
    return close(fd) == 0 && done;
}

void auth_file_make(const struct session_host *host, char path[AUTH_FILE_PATH_MAX])
{
    scoped(buf) text = BUF_EMPTY(TEXT_MAX);
    (void)snprintf(path, AUTH_FILE_PATH_MAX, "/tmp/sshauth.XXXXXXXXXXXXXXX");
    int fd = write_all(host->proofs, &text) == OK ? mkostemp(path, O_CLOEXEC) : -1;
    if (fd >= 0 && write_file(fd, buf_bytes(&text)))
        return;
    log_error("no file for SSH_USER_AUTH: %s", strerror(errno));
    if (fd >= 0)
        (void)unlink(path);
    *path = '\0';
}
