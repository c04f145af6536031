/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/program_report.h"

#include "os/record_socket.h"

#include <unistd.h>

static enum err tell(int monitor_fd, enum record_type type, pid_t id)
{
    const struct record record = { type, { (uint32_t)id }, { BYTES_NONE } };
    return record_socket_send(monitor_fd, &record, NULL);
}

void program_report_begun(int monitor_fd)
{
    if (monitor_fd >= 0)
        (void)!tell(monitor_fd, RECORD_PROGRAM_BEGUN, getpid());
}

void program_report_over(int monitor_fd, pid_t id)
{
    if (monitor_fd >= 0)
        (void)!tell(monitor_fd, RECORD_PROGRAM_OVER, id);
}
