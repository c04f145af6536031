/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/line_report.h"

#include "os/record_socket.h"

#include <string.h>

enum { RECORD_ROOM = 1024 };

static enum err tell(int monitor_fd, enum record_type type, const char *path)
{
    const struct record record = { type, { 0 }, { bytes_skip(bytes_text(path), strlen("/dev/")) } };
    return record_socket_send(monitor_fd, &record, NULL);
}

static enum err take_answer(int monitor_fd, struct login_record_last *last)
{
    scoped(buf) room = BUF_EMPTY(RECORD_ROOM);
    struct record answer;
    TRY(record_socket_take(monitor_fd, &room, &answer, NULL));
    if (answer.type != RECORD_LINE_LAST ||
        !bytes_to_text(answer.texts[0], last->host, sizeof(last->host)))
        return ERR_BAD_VALUE;
    last->at = (time_t)((uint64_t)answer.numbers[0] << 32 | answer.numbers[1]);
    return OK;
}

bool line_report_open(int monitor_fd, const char *path, struct login_record_last *last)
{
    return monitor_fd >= 0 && tell(monitor_fd, RECORD_LINE_OPEN, path) == OK &&
           take_answer(monitor_fd, last) == OK;
}

void line_report_close(int monitor_fd, const char *path)
{
    if (monitor_fd >= 0)
        (void)!tell(monitor_fd, RECORD_LINE_CLOSE, path);
}
