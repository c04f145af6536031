/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/monitor_service.h"

#include "base/check.h"
#include "base/escape.h"
#include "ipc/record.h"
#include "os/seqpacket.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/monitor.h"

enum { ANSWER_MAX = 16 * 1024, LINE_MAX = 1024 };

struct state {
    const struct monitor_service *service;
    struct record_gate gate;
};

static enum err answer(const struct state *s, const struct record *record)
{
    scoped(buf) datagram = BUF_EMPTY(ANSWER_MAX);
    TRY(record_encode(record, &datagram));
    return seqpacket_send(s->service->worker_fd, buf_bytes(&datagram), NULL);
}

static enum err on_sign(struct state *s, const struct record *asked)
{
    /* There is no second key exchange before the login. */
    if (!s->gate.is_open && s->gate.counts[RECORD_SIGN] > 1)
        return ERR_OVER_BUDGET;
    scoped(buf) signature = BUF_EMPTY(ANSWER_MAX);
    enum err err = monitor_sign(s->service->monitor, asked->texts[0], asked->texts[1],
                                asked->texts[2], &signature);
    if (err != OK) {
        log_error("the host key could not sign: %s", err_text(err));
        buf_clear(&signature);
    }
    return answer(s, &(struct record){ RECORD_SIGNED, .texts = { buf_bytes(&signature) } });
}

static enum err on_login(struct state *s, const struct record *asked)
{
    if (asked->numbers[0] > MONITOR_INTERACTIVE || asked->numbers[1] > 1)
        return ERR_BAD_VALUE;
    const struct monitor_login login = {
        .method = asked->numbers[0],
        .is_signed = asked->numbers[1],
        .user = asked->texts[0],
        .password = asked->texts[1],
        .key_algorithm = asked->texts[2],
        .key_blob = asked->texts[3],
        .signed_data = asked->texts[4],
        .signature = asked->texts[5],
    };
    enum monitor_verdict verdict = monitor_decide(s->service->monitor, &login);
    enum err err = answer(
        s, &(struct record){
               RECORD_VERDICT, { verdict }, { bytes_text(monitor_subject(s->service->monitor)) } });
    if (verdict == MONITOR_ACCEPTED) {
        s->gate.is_open = true;
        s->service->accepted(s->service->context);
    }
    return err;
}

/* The worker has escaped what is the peer's; this makes sure of it. */
static enum err on_log(const struct record *told)
{
    if (told->numbers[0] > OPTION_LOG_DEBUG3)
        return ERR_BAD_VALUE;
    bool is_plain = true;
    for (size_t i = 0; i < told->texts[0].len; i++)
        is_plain &= told->texts[0].data[i] >= ' ' && told->texts[0].data[i] < 0x7f;
    char line[LINE_MAX];
    if (!is_plain || !bytes_to_text(told->texts[0], line, sizeof(line)))
        (void)escape_text(told->texts[0], line, sizeof(line));
    log_line(told->numbers[0], "%s", line);
    return OK;
}

static enum err serve(struct state *s, struct bytes datagram)
{
    struct record record;
    TRY(record_decode(datagram, &record));
    TRY(record_admit(&s->gate, record.type, RECORD_WORKER, RECORD_MONITOR));
    switch ((int)record.type) {
    case RECORD_SIGN:
        return on_sign(s, &record);
    case RECORD_LOGIN:
        return on_login(s, &record);
    case RECORD_LOG:
        return on_log(&record);
    default:
        return ERR_BAD_STATE;
    }
}

bool monitor_service_run(const struct monitor_service *service)
{
    struct state s = { .service = service };
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    for (;;) {
        struct span span;
        size_t len = 0;
        buf_clear(&room);
        enum err err = buf_reserve(&room, RECORD_LEN_MAX, &span);
        CHECK(err == OK);
        err = seqpacket_receive(service->worker_fd, span, &len, NULL);
        if (err == ERR_SYSTEM || (err == OK && len == 0))
            return true; /* it is gone */
        if (err == OK)
            err = serve(&s, bytes_of(span.data, len));
        bytes_wipe(span.data, len);
        if (err == ERR_SYSTEM)
            return true;
        if (err != OK) {
            log_error("the worker broke a rule and is ended: %s", err_text(err));
            return false;
        }
    }
}
