/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/line_service.h"

#include "os/await.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/record_socket.h"

#include <fcntl.h>

enum { RECORD_ROOM = 1024, LAST_WORD_MS = 500 };

void line_service_init(struct line_service *service, int fd, const struct account *account,
                       const struct endpoint *peer)
{
    *service = (struct line_service){ .fd = fd, .gate = { .is_open = true } };
    /* A process that asks and does not read must not hold up the connection. */
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    lines_init(&service->lines, account, peer);
    running_init(&service->running, account);
}

void line_service_wipe(struct line_service *service)
{
    descriptor_close(&service->fd);
    lines_wipe(&service->lines);
    running_wipe(&service->running);
}

static enum err answer(const struct line_service *service, const struct login_record_last *last)
{
    uint64_t at = (uint64_t)last->at;
    const struct record record = { RECORD_LINE_LAST,
                                   { (uint32_t)(at >> 32), (uint32_t)at },
                                   { bytes_text(last->host) } };
    return record_socket_send(service->fd, &record, NULL);
}

static enum err serve_next(struct line_service *service)
{
    struct record record;
    struct login_record_last last = { 0 };
    scoped(buf) room = BUF_EMPTY(RECORD_ROOM);
    TRY(record_socket_take(service->fd, &room, &record, NULL));
    TRY(record_admit(&service->gate, record.type, RECORD_SESSION, RECORD_MONITOR));
    switch ((int)record.type) {
    case RECORD_PROGRAM_BEGUN:
        return running_begun(&service->running, record.numbers[0]) ? OK : ERR_BAD_VALUE;
    case RECORD_PROGRAM_OVER:
        running_over(&service->running, record.numbers[0]);
        return OK;
    case RECORD_LINE_CLOSE:
        return lines_close(&service->lines, record.texts[0]) ? OK : ERR_BAD_VALUE;
    case RECORD_LINE_OPEN:
        return lines_open(&service->lines, record.texts[0], &last) ? answer(service, &last)
                                                                   : ERR_BAD_VALUE;
    default:
        return ERR_BAD_STATE;
    }
}

enum err line_service_serve(struct line_service *service)
{
    enum err err = serve_next(service);
    if (err != OK)
        descriptor_close(&service->fd);
    return err;
}

/* A program that is being started has our socket until it has reported itself. */
void line_service_hang_up(struct line_service *service)
{
    int64_t until_ms = clock_now_ms() + LAST_WORD_MS;
    while (service->fd >= 0 && await_readable(service->fd, -1, until_ms) == OK &&
           line_service_serve(service) == OK)
        ;
    running_hang_up(&service->running);
}
