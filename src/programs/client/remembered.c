/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/remembered.h"

#include "crypto/random.h"
#include "os/file.h"
#include "programs/client/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* False if nothing is to be remembered. */
static bool file_path(const struct person *person, char path[PATH_MAX])
{
    const char *base = getenv("XDG_CACHE_HOME"), *wish = getenv("GLASSH_CACHE");
    if (wish && strcmp(wish, "no") == 0)
        return false;
    int len = base && base[0] == '/'
                  ? snprintf(path, PATH_MAX, "%s/glassh/hosts", base)
                  : snprintf(path, PATH_MAX, "%s/.cache/glassh/hosts", person->home);
    return len > 0 && len < PATH_MAX;
}

static void read_all(const char *path, struct buf *content)
{
    if (file_read(path, content, NULL) != OK)
        buf_clear(content);
}

void remembered_find(const struct person *person, const struct client_options *o,
                     struct cache_entry *entry)
{
    char path[PATH_MAX], name[CACHE_HOST_MAX];
    scoped(buf) content = BUF_EMPTY(CACHE_FILE_MAX);
    (void)snprintf(name, sizeof(name), "%s@%s:%d", o->user, o->hostname, o->port);
    if (file_path(person, path)) {
        read_all(path, &content);
        if (buf_len(&content) && !cache_is_valid(buf_bytes(&content)))
            (void)unlink(path);
    }
    (void)cache_find(buf_bytes(&content), name, random_source(), entry);
}

void remembered_keep(const struct person *person, const struct cache_entry *entry)
{
    char path[PATH_MAX];
    scoped(buf) before = BUF_EMPTY(CACHE_FILE_MAX);
    scoped(buf) after = BUF_EMPTY(CACHE_FILE_MAX);
    if (!file_path(person, path))
        return;
    read_all(path, &before);
    enum err err = cache_replace(buf_bytes(&before), entry, &after);
    if (err == OK && !bytes_equal(buf_bytes(&before), buf_bytes(&after))) {
        err = file_make_parents(path);
        if (err == OK)
            err = file_write(path, buf_bytes(&after), 0600);
    }
    if (err != OK)
        log_write(OPTION_LOG_DEBUG1, "%s: cannot be written", path);
}
