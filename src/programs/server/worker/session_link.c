/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/session_link.h"

#include "base/check.h"
#include "os/descriptor.h"

#include <stdlib.h>
#include <unistd.h>

struct session_link {
    struct record_link *records;
    uint32_t channel;
    bool has_terminal;
    struct session_streams streams;
    int end_fd;
};

struct session_link *session_link_new(struct record_link *records, uint32_t channel)
{
    struct session_link *link = calloc(1, sizeof(*link));
    CHECK(link != NULL);
    *link = (struct session_link){ records, channel, false, { -1, -1, -1, false }, -1 };
    record_link_tell(records, &(struct record){ RECORD_SESSION_OPEN, { channel }, { BYTES_NONE } });
    return link;
}

void session_link_free(struct session_link *link)
{
    if (!link)
        return;
    record_link_tell(link->records,
                     &(struct record){ RECORD_SESSION_CLOSE, { link->channel }, { BYTES_NONE } });
    descriptor_close(&link->streams.in);
    descriptor_close(&link->streams.out);
    descriptor_close(&link->streams.err);
    descriptor_close(&link->end_fd);
    free(link);
}

static bool is_done(struct session_link *link, const struct record *question)
{
    return record_link_ask(link->records, question, RECORD_SESSION_DONE, NULL).numbers[0];
}

bool session_link_set_variable(struct session_link *link, struct bytes name, struct bytes value)
{
    return is_done(link,
                   &(struct record){ RECORD_SESSION_SET, { link->channel }, { name, value } });
}

bool session_link_open_terminal(struct session_link *link, const struct session_terminal *t)
{
    const struct record question = { RECORD_SESSION_TERMINAL,
                                     { link->channel, t->columns, t->rows, t->width, t->height },
                                     { t->type, t->modes } };
    bool done = is_done(link, &question);
    link->has_terminal |= done;
    return done;
}

/* In the order of the session's answer. */
static void take_descriptors(struct session_link *link, const struct seqpacket_descriptors *passed)
{
    link->streams = (struct session_streams){
        .in = passed->count > 0 ? passed->fds[0] : -1,
        .out = passed->count > 1 ? passed->fds[1] : -1,
        .err = passed->count > 3 ? passed->fds[3] : -1,
        .is_terminal = link->has_terminal,
    };
    link->end_fd = passed->count > 2 ? passed->fds[2] : -1;
}

bool session_link_start(struct session_link *link, enum session_program program, struct bytes text,
                        struct buf *greeting)
{
    const struct record question = { RECORD_SESSION_START, { link->channel, program }, { text } };
    struct seqpacket_descriptors passed = { .count = 0 };
    struct record answer = record_link_ask(link->records, &question, RECORD_SESSION_DONE, &passed);
    if (!answer.numbers[0])
        return false;
    take_descriptors(link, &passed);
    /* The kernel drops descriptors that we have no room for. */
    bool has_all = link->end_fd >= 0 && (link->has_terminal || link->streams.err >= 0);
    return has_all && buf_append(greeting, answer.texts[0]) == OK;
}

const struct session_streams *session_link_streams(const struct session_link *link)
{
    return &link->streams;
}

void session_link_close_input(struct session_link *link)
{
    /* The user of a terminal ends input with a character. */
    if (!link->has_terminal)
        descriptor_close(&link->streams.in);
}

void session_link_close_output(struct session_link *link)
{
    if (!link->has_terminal)
        descriptor_close(&link->streams.out);
}

bool session_link_resize(struct session_link *link, uint32_t columns, uint32_t rows, uint32_t width,
                         uint32_t height)
{
    return is_done(link, &(struct record){ RECORD_SESSION_RESIZE,
                                           { link->channel, columns, rows, width, height },
                                           { BYTES_NONE } });
}

bool session_link_signal(struct session_link *link, struct bytes name)
{
    return is_done(link, &(struct record){ RECORD_SESSION_SIGNAL, { link->channel }, { name } });
}

bool session_link_break(struct session_link *link)
{
    return is_done(link,
                   &(struct record){ RECORD_SESSION_BREAK, { link->channel }, { BYTES_NONE } });
}

int session_link_end_fd(const struct session_link *link)
{
    return link->end_fd;
}

bool session_link_ended(struct session_link *link, struct process_exit *how)
{
    const struct record question = { RECORD_SESSION_ENDED, { link->channel }, { BYTES_NONE } };
    struct record exit = record_link_ask(link->records, &question, RECORD_SESSION_EXIT, NULL);
    *how = (struct process_exit){ exit.numbers[1], (int)exit.numbers[2], exit.numbers[3] };
    return exit.numbers[0];
}
