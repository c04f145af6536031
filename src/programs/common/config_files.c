/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/common/config_files.h"

#include "os/file.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

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

static enum config_source_result read_one(const char *path, struct buf *name, struct buf *content)
{
    if (buf_append_text(name, path) != OK)
        return CONFIG_SOURCE_FAILED;
    enum err err = file_read(path, content, NULL);
    if (err == OK)
        return CONFIG_SOURCE_FILE;
    const char *reason = err == ERR_SYSTEM ? strerror(errno) : err_text(err);
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
        result = read_one(found.gl_pathv[index], name, content);
    globfree(&found);
    return result;
}

struct config_source config_files_source(struct config_files *files)
{
    return (struct config_source){ read_included, files };
}
