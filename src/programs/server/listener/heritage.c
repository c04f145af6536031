/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/heritage.h"

#include "base/check.h"
#include "base/reader.h"
#include "base/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONTENT_MAX = 16 * 1024 * 1024, NUMBER_MAX = 24 };

/* The version of the content: the next program may be another version of this one. */
static const uint32_t FORM = 2;
static const char VARIABLE[] = "GLASSHD_HERITAGE";

/* ---- leaving ---- */

struct leaving {
    struct writer writer;
    int next; /* descriptors get rising numbers, in the order in which they are written */
    bool has_failed;
};

static int keep(struct leaving *l, int fd)
{
    int kept = fcntl(fd, F_DUPFD, l->next);
    if (kept >= 0)
        l->next = kept + 1;
    else
        l->has_failed = true;
    return kept;
}

static void leave_descriptor(struct leaving *l, int fd)
{
    int kept = fd >= 0 ? keep(l, fd) : -1;
    writer_bool(&l->writer, kept >= 0);
    if (kept >= 0)
        writer_u32(&l->writer, (uint32_t)kept);
}

static void leave_source(struct leaving *l, const struct source *source)
{
    writer_string(&l->writer, bytes_of(source->octets, source->len));
}

static void leave_startup(struct leaving *l, const struct heritage_startup *startup)
{
    leave_descriptor(l, startup->fd);
    writer_u32(&l->writer, (uint32_t)startup->id);
    leave_source(l, &startup->visitor.source);
    writer_text(&l->writer, startup->visitor.peer.address);
    writer_u32(&l->writer, startup->visitor.peer.port);
}

static void leave_penalty(struct leaving *l, const struct penalties_entry *entry)
{
    leave_source(l, &entry->block);
    writer_u64(&l->writer, (uint64_t)entry->until.us);
    writer_bool(&l->writer, entry->is_active);
    writer_u32(&l->writer, entry->last);
}

static enum err leave_all(struct leaving *l, const struct heritage *h)
{
    writer_u32(&l->writer, FORM);
    writer_u32(&l->writer, (uint32_t)getpid());
    writer_u32(&l->writer, (uint32_t)h->socket_count);
    for (size_t i = 0; i < h->socket_count; i++)
        leave_descriptor(l, h->sockets[i]);
    leave_descriptor(l, h->kin[0]);
    leave_descriptor(l, h->kin[1]);
    leave_descriptor(l, h->tcp_fd);
    leave_descriptor(l, h->taker_fd);
    writer_u32(&l->writer, (uint32_t)h->tcp_id);
    writer_u32(&l->writer, (uint32_t)h->startup_count);
    for (size_t i = 0; i < h->startup_count; i++)
        leave_startup(l, &h->startups[i]);
    writer_u32(&l->writer, (uint32_t)h->penalty_count);
    for (size_t i = 0; i < h->penalty_count; i++)
        leave_penalty(l, &h->penalties[i]);
    TRY(writer_end(&l->writer));
    return l->has_failed ? ERR_SYSTEM : OK;
}

static enum err write_all(int fd, struct bytes content)
{
    for (ssize_t done; content.len > 0; content = bytes_skip(content, (size_t)done))
        if ((done = write(fd, content.data, content.len)) <= 0)
            return ERR_SYSTEM;
    return OK;
}

enum err heritage_leave(const struct heritage *heritage, int first)
{
    char number[NUMBER_MAX];
    scoped(buf) content = BUF_EMPTY(CONTENT_MAX);
    struct leaving l = { .writer = writer_to(&content), .next = first };
    int fd = memfd_create("heritage", MFD_CLOEXEC);
    int kept = fd >= 0 ? keep(&l, fd) : -1;
    if (fd >= 0)
        (void)close(fd);
    if (kept < 0)
        return ERR_SYSTEM;
    TRY(leave_all(&l, heritage));
    TRY(write_all(kept, buf_bytes(&content)));
    (void)snprintf(number, sizeof(number), "%d", kept);
    return setenv(VARIABLE, number, 1) == 0 ? OK : ERR_SYSTEM;
}

/* ---- adopting ---- */

struct adopting {
    struct reader reader;
    int next; /* descriptors below it are closed, or ours */
    bool is_wrong;
};

static void close_up_to(struct adopting *a, int fd)
{
    if (fd > a->next)
        (void)close_range((unsigned)a->next, (unsigned)fd - 1, 0);
    a->next = fd + 1;
}

static int adopt_descriptor(struct adopting *a)
{
    if (!reader_bool(&a->reader, "is there"))
        return -1;
    uint32_t number = reader_u32(&a->reader, "descriptor");
    if (number < (uint32_t)a->next || number >= INT_MAX ||
        fcntl((int)number, F_SETFD, FD_CLOEXEC) != 0) {
        a->is_wrong = true;
        return -1;
    }
    close_up_to(a, (int)number);
    return (int)number;
}

/* Each item takes at least an octet. */
static size_t adopt_count(struct adopting *a, size_t max)
{
    uint32_t count = reader_u32(&a->reader, "count");
    a->is_wrong |= count > max || count > a->reader.all.len;
    return a->is_wrong ? 0 : count;
}

static void adopt_startup(struct adopting *a, struct heritage_startup *startup)
{
    startup->fd = adopt_descriptor(a);
    startup->id = (pid_t)reader_u32(&a->reader, "process");
    startup->visitor.source = source_of(reader_string(&a->reader, "source"));
    struct bytes address = reader_string(&a->reader, "address");
    uint32_t port = reader_u32(&a->reader, "port");
    a->is_wrong |= endpoint_take(address, port, &startup->visitor.peer) != OK;
}

static void adopt_penalty(struct adopting *a, struct penalties_entry *entry)
{
    entry->block = source_of(reader_string(&a->reader, "block"));
    entry->until.us = (int64_t)reader_u64(&a->reader, "until");
    entry->is_active = reader_bool(&a->reader, "is active");
    entry->last = reader_u32(&a->reader, "class");
    a->is_wrong |= entry->last >= PENALTIES_CLASS_COUNT;
}

static bool adopt_all(struct adopting *a, struct heritage *h)
{
    if (reader_u32(&a->reader, "form") != FORM ||
        (pid_t)reader_u32(&a->reader, "process") != getpid())
        return false;
    h->socket_count = adopt_count(a, SERVER_LISTEN_MAX);
    for (size_t i = 0; i < h->socket_count; i++)
        h->sockets[i] = adopt_descriptor(a);
    h->kin[0] = adopt_descriptor(a);
    h->kin[1] = adopt_descriptor(a);
    h->tcp_fd = adopt_descriptor(a);
    h->taker_fd = adopt_descriptor(a);
    h->tcp_id = (pid_t)reader_u32(&a->reader, "process");
    h->startup_count = adopt_count(a, SIZE_MAX);
    h->startups = calloc(h->startup_count + 1, sizeof(*h->startups));
    CHECK(h->startups);
    for (size_t i = 0; i < h->startup_count; i++)
        adopt_startup(a, &h->startups[i]);
    h->penalty_count = adopt_count(a, SIZE_MAX);
    h->penalties = calloc(h->penalty_count + 1, sizeof(*h->penalties));
    CHECK(h->penalties);
    for (size_t i = 0; i < h->penalty_count; i++)
        adopt_penalty(a, &h->penalties[i]);
    return reader_end(&a->reader) == OK && !a->is_wrong;
}

/* Reads only memory that a program of ours has made. */
static bool read_content(int first, struct buf *content)
{
    uint64_t number;
    struct stat status;
    struct span room;
    const char *text = getenv(VARIABLE);
    if (!text || !bytes_to_number(bytes_text(text), INT_MAX, &number) || (int)number < first ||
        fcntl((int)number, F_GET_SEALS) < 0 || fstat((int)number, &status) != 0 ||
        status.st_size <= 0 || status.st_size > CONTENT_MAX ||
        buf_reserve(content, (size_t)status.st_size, &room) != OK ||
        pread((int)number, room.data, room.len, 0) != (ssize_t)status.st_size)
        return false;
    buf_commit(content, (size_t)status.st_size);
    return true;
}

void heritage_adopt(struct heritage *heritage, int first)
{
    scoped(buf) content = BUF_EMPTY(CONTENT_MAX);
    struct adopting a = { .next = first };
    *heritage = HERITAGE_NONE;
    if (read_content(first, &content)) {
        a.reader = reader_over(buf_bytes(&content), NULL);
        if (!adopt_all(&a, heritage)) {
            heritage_wipe(heritage);
            a.next = first;
        }
    }
    (void)unsetenv(VARIABLE);
    (void)close_range((unsigned)a.next, ~0U, 0);
}

void heritage_wipe(struct heritage *heritage)
{
    free(heritage->startups);
    free(heritage->penalties);
    *heritage = HERITAGE_NONE;
}
