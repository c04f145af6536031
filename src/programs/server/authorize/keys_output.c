/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/keys_output.h"

#include "base/check.h"
#include "base/reader.h"
#include "os/await.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/process.h"
#include "programs/server/authorize/key_file.h"
#include "programs/server/common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 64, CHUNK = 16 * 1024, PATIENCE_MS = 20 * 1000 };

struct words {
    char *items[WORDS_MAX + 1];
    size_t count;
};

static bool take_words(struct bytes strings, struct words *words)
{
    struct reader r = reader_over(strings, NULL);
    while (reader_more(&r)) {
        struct bytes word = reader_string(&r, "word");
        char *copy = malloc(word.len + 1);
        CHECK(copy != NULL);
        if (words->count == WORDS_MAX || !bytes_to_text(word, copy, word.len + 1)) {
            free(copy);
            return false;
        }
        words->items[words->count++] = copy;
    }
    return words->count > 0;
}

static void free_words(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
}

static bool is_roots(const char *path)
{
    scoped(buf) culprit = BUF_EMPTY(PATH_MAX);
    enum err err = key_file_check_roots(path, &culprit);
    if (err == OK)
        return true;
    if (err == ERR_UNTRUSTED)
        log_error("Unsafe AuthorizedKeysCommand \"%s\": bad ownership or modes for %s", path,
                  buf_text(&culprit));
    else
        log_error("Could not stat AuthorizedKeysCommand \"%s\": %s", path, strerror(errno));
    return false;
}

struct patience {
    int64_t until_ms; /* of the monotonic clock */
    int watch_fd;
};

/* ERR_DISCONNECTED: nobody waits any more. */
static enum err await(int fd, const struct patience *patience)
{
    return await_readable(fd, patience->watch_fd, patience->until_ms);
}

static enum err read_all(int fd, const struct patience *patience, struct buf *text)
{
    for (;;) {
        size_t left = text->limit - buf_len(text);
        struct span room;
        uint8_t extra; /* shows whether there is more when no room is left */
        TRY(await(fd, patience));
        TRY(buf_reserve(text, left < CHUNK ? left : CHUNK, &room));
        ssize_t got = left ? read(fd, room.data, room.len) : read(fd, &extra, 1);
        if (got < 0 && errno != EINTR)
            return ERR_SYSTEM;
        if (got == 0)
            return OK;
        if (left == 0)
            return ERR_TOO_LONG;
        buf_commit(text, got > 0 ? (size_t)got : 0);
    }
}

static bool ended_well(struct process *process, const struct patience *patience, const char *path)
{
    struct process_exit how = { 0 };
    if (await(process->fd, patience) != OK || !process_ended(process, &how))
        log_error("AuthorizedKeysCommand %s takes too long", path);
    else if (how.is_signal)
        log_error("AuthorizedKeysCommand %s exited on signal %d", path, how.number);
    else if (how.number != 0)
        log_info("AuthorizedKeysCommand %s failed, status %d", path, how.number);
    else
        return true;
    return false;
}

static const char *complaint(enum err err)
{
    return err == ERR_TIMEOUT        ? "takes too long"
           : err == ERR_DISCONNECTED ? "is not needed any more"
           : err == ERR_TOO_LONG     ? "writes too much"
                                     : "cannot be read from";
}

/* What outlives the command is ended with our session, by the monitor. */
static bool run(const struct words *words, int null_fd, const int ends[2],
                const struct patience *patience, struct buf *text)
{
    struct process process = PROCESS_NONE;
    const char *path = words->items[0];
    const struct process_setup setup = { .path = path,
                                         .argv = words->items,
                                         .environment = environ,
                                         .in_fd = null_fd,
                                         .out_fd = ends[1],
                                         .err_fd = null_fd,
                                         .stays = true };
    enum err err = process_start(&setup, &process);
    (void)close(ends[1]);
    if (err != OK) {
        log_error("AuthorizedKeysCommand %s: %s", path, strerror(errno));
        return false;
    }
    err = read_all(ends[0], patience, text);
    if (err != OK)
        log_error("AuthorizedKeysCommand %s %s", path, complaint(err));
    bool is_done = err == OK && ended_well(&process, patience, path);
    process_signal(&process, SIGKILL);
    process_forget(&process);
    return is_done;
}

static bool open_all(int *null_fd, int ends[2])
{
    *null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (*null_fd >= 0 && pipe2(ends, O_CLOEXEC) == 0)
        return true;
    log_error("AuthorizedKeysCommand: %s", strerror(errno));
    return false;
}

bool keys_output_read(struct bytes words, int watch_fd, struct buf *text)
{
    const struct patience patience = { clock_now_ms() + PATIENCE_MS, watch_fd };
    struct words taken = { .count = 0 };
    int ends[2] = { -1, -1 }, null_fd = -1;
    bool is_done = take_words(words, &taken) && is_roots(taken.items[0]) &&
                   open_all(&null_fd, ends) && run(&taken, null_fd, ends, &patience, text);
    descriptor_close(&ends[0]);
    descriptor_close(&null_fd);
    free_words(&taken);
    return is_done;
}
