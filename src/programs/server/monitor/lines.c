/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/lines.h"

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_MAX = 1024, PATH_LEN_MAX = LOGIN_RECORD_LINE_MAX + sizeof("/dev/") };

static const char PREFIX[] = "pts/";

void lines_init(struct lines *lines, const struct account *account, const struct endpoint *peer)
{
    *lines = (struct lines){ .account = account, .peer = peer };
}

void lines_wipe(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        login_record_close(lines->open[i], getpid());
    free(lines->open);
    *lines = LINES_NONE;
}

static bool is_name(struct bytes name)
{
    struct bytes digits = bytes_skip(name, sizeof(PREFIX) - 1);
    if (!bytes_starts(name, PREFIX) || digits.len == 0)
        return false;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
    return true;
}

static bool is_users(const struct lines *lines, const char *name)
{
    char path[PATH_LEN_MAX];
    struct stat status;
    (void)snprintf(path, sizeof(path), "/dev/%s", name);
    return lstat(path, &status) == 0 && S_ISCHR(status.st_mode) &&
           status.st_uid == lines->account->uid;
}

static char *find(const struct lines *lines, struct bytes name)
{
    for (size_t i = 0; i < lines->count; i++)
        if (bytes_is(name, lines->open[i]))
            return lines->open[i];
    return NULL;
}

bool lines_open(struct lines *lines, struct bytes name, struct login_record_last *last)
{
    char text[LOGIN_RECORD_LINE_MAX + 1];
    if (!is_name(name) || !bytes_to_text(name, text, sizeof(text)) || find(lines, name) ||
        lines->count == LINES_MAX || !is_users(lines, text))
        return false;
    lines->open = reallocarray(lines->open, lines->count + 1, sizeof(*lines->open));
    CHECK(lines->open != NULL);
    memcpy(lines->open[lines->count++], text, sizeof(text));

    if (!login_record_last(lines->account->uid, last))
        *last = (struct login_record_last){ 0 };
    const struct login_record record = {
        .line = text,
        .user = lines->account->name,
        .uid = lines->account->uid,
        .peer = lines->peer,
        .process = getpid(),
    };
    login_record_open(&record);
    return true;
}

bool lines_close(struct lines *lines, struct bytes name)
{
    char *line = find(lines, name);
    if (!line)
        return false;
    login_record_close(line, getpid());
    memcpy(line, lines->open[--lines->count], sizeof(*lines->open));
    return true;
}
