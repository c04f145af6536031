/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/inspection/sandbox_proc.h"

#include "os/file.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool sandbox_proc_read(pid_t id, const char *name, struct buf *out)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)id, name);
    return file_read(path, out, NULL) == OK;
}

void sandbox_proc_status(pid_t id, const char *name, char value[SANDBOX_PROC_VALUE])
{
    scoped(buf) text = BUF_EMPTY(SANDBOX_PROC_FILE);
    (void)strcpy(value, "?");
    if (!sandbox_proc_read(id, "status", &text))
        return;
    struct bytes rest = buf_bytes(&text);
    while (rest.len) {
        struct bytes row = bytes_cut(&rest, '\n');
        if (bytes_is(bytes_cut(&row, ':'), name) &&
            bytes_to_text(bytes_trim(row), value, SANDBOX_PROC_VALUE))
            for (char *at = value; (at = strchr(at, '\t')); at++)
                *at = ' ';
    }
}

bool sandbox_proc_link(pid_t id, const char *name, char target[SANDBOX_PROC_VALUE])
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)id, name);
    ssize_t len = readlink(path, target, SANDBOX_PROC_VALUE - 1);
    target[len > 0 ? len : 0] = '\0';
    return len > 0;
}

uid_t sandbox_proc_owner(pid_t id)
{
    char path[64];
    struct stat status = { .st_uid = 0 };
    (void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)id);
    (void)stat(path, &status);
    return status.st_uid;
}

pid_t sandbox_proc_find_child(pid_t parent, bool (*is_it)(void *context, pid_t child),
                              void *context)
{
    char value[SANDBOX_PROC_VALUE];
    pid_t found = 0;
    const struct dirent *entry;
    DIR *all = opendir("/proc");
    while (!found && all && (entry = readdir(all))) {
        pid_t id = (pid_t)strtol(entry->d_name, NULL, 10);
        if (id <= 0)
            continue;
        sandbox_proc_status(id, "PPid", value);
        if (strtol(value, NULL, 10) == parent && is_it(context, id))
            found = id;
    }
    if (all)
        (void)closedir(all);
    return found;
}
