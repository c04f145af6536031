/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/told_line.h"

#include "base/escape.h"
#include "programs/server/common/log.h"

enum { TOLD_LINE_MAX = 1024 };

enum err told_line_log(const struct record *told)
{
    if (told->numbers[0] > OPTION_LOG_DEBUG3)
        return ERR_BAD_VALUE;
    bool is_plain = true;
    for (size_t i = 0; i < told->texts[0].len; i++)
        is_plain &= told->texts[0].data[i] >= ' ' && told->texts[0].data[i] < 0x7f;
    char line[TOLD_LINE_MAX];
    if (!is_plain || !bytes_to_text(told->texts[0], line, sizeof(line)))
        (void)escape_text(told->texts[0], line, sizeof(line));
    log_line(told->numbers[0], "%s", line);
    return OK;
}
