/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/line_service.h"

#include "base/check.h"
#include "os/seqpacket.h"

#include <fcntl.h>
#include <unistd.h>

enum { RECORD_ROOM = 1024 };

void line_service_init(struct line_service *service, int fd, const struct account *account,
                       const struct endpoint *peer)
{
    *service = (struct line_service){ .fd = fd, .gate = { .is_open = true } };
    /* Whoever asks and does not listen must not hold up the connection. */
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    lines_init(&service->lines, account, peer);
}

static void hang_up(struct line_service *service)
{
    if (service->fd >= 0)
        (void)close(service->fd);
    service->fd = -1;
}

void line_service_wipe(struct line_service *service)
{
    hang_up(service);
    lines_wipe(&service->lines);
}

static enum err answer(const struct line_service *service, const struct login_record_last *last)
{
    uint64_t at = (uint64_t)last->at;
    const struct record record = { RECORD_LINE_LAST,
                                   { (uint32_t)(at >> 32), (uint32_t)at },
                                   { bytes_text(last->host) } };
    scoped(buf) datagram = BUF_EMPTY(RECORD_ROOM);
    TRY(record_encode(&record, &datagram));
    return seqpacket_send(service->fd, buf_bytes(&datagram), NULL);
}

static enum err obey(struct line_service *service, struct bytes datagram)
{
    struct record record;
    struct login_record_last last = { 0 };
    TRY(record_decode(datagram, &record));
    TRY(record_admit(&service->gate, record.type, RECORD_SESSION, RECORD_MONITOR));
    if (record.type == RECORD_LINE_CLOSE)
        return lines_close(&service->lines, record.texts[0]) ? OK : ERR_BAD_VALUE;
    CHECK(record.type == RECORD_LINE_OPEN);
    if (!lines_open(&service->lines, record.texts[0], &last))
        return ERR_BAD_VALUE;
    return answer(service, &last);
}

enum err line_service_serve(struct line_service *service)
{
    uint8_t octets[RECORD_ROOM];
    size_t len = 0;
    enum err err =
        seqpacket_receive(service->fd, (struct span){ octets, sizeof(octets) }, &len, NULL);
    if (err == OK)
        err = len > 0 ? obey(service, bytes_of(octets, len)) : ERR_SYSTEM;
    if (err != OK)
        hang_up(service);
    return err;
}
