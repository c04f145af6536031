/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/common/config_files.h"

#include "os/file.h"
#include "os/system_error.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool pattern_path(const struct config_files *files, const char *pattern, char path[PATH_MAX])
{
    int len;
    if (pattern[0] == '/')
        len = snprintf(path, PATH_MAX, "%s", pattern);
    else if (files->home && strncmp(pattern, "~/", 2) == 0)
        len = snprintf(path, PATH_MAX, "%s/%s", files->home, pattern + 2);
    else
        len = snprintf(path, PATH_MAX, "%s/%s", files->folder, pattern);
    return len >= 0 && len < PATH_MAX;
}

bool config_files_trust(const struct stat *facts)
{
    bool is_ours = facts->st_uid == 0 || facts->st_uid == getuid();
    return is_ours && (facts->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static enum config_source_result read_one(const struct config_files *files, const char *path,
                                          struct buf *name, struct buf *content)
{
    struct stat facts;
    if (buf_append_text(name, path) != OK)
        return CONFIG_SOURCE_FAILED;
    enum err err = file_read(path, content, &facts);
    if (err == OK)
        return files->is_checked && !config_files_trust(&facts) ? CONFIG_SOURCE_UNSAFE
                                                                : CONFIG_SOURCE_FILE;
    /* A pattern also matches folders. */
    if (err == ERR_SYSTEM && errno == EISDIR)
        return CONFIG_SOURCE_FILE;
    const char *reason = system_error_text(err);
    err = buf_format(name, ": %s", reason);
    return CONFIG_SOURCE_FAILED;
}

static enum config_source_result read_included(void *context, const char *pattern, size_t index,
                                               struct buf *name, struct buf *content)
{
    char path[PATH_MAX];
    if (!pattern_path(context, pattern, path))
        return CONFIG_SOURCE_END;
    glob_t found;
    if (glob(path, 0, NULL, &found) != 0)
        return CONFIG_SOURCE_END;
    enum config_source_result result = CONFIG_SOURCE_END;
    if (index < found.gl_pathc)
        result = read_one(context, found.gl_pathv[index], name, content);
    globfree(&found);
    return result;
}

struct config_source config_files_source(struct config_files *files)
{
    return (struct config_source){ read_included, files };
}
