/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/authorize_service.h"

#include "base/check.h"
#include "os/record_socket.h"
#include "programs/server/authorize/authorize.h"
#include "programs/server/common/log.h"
#include "programs/server/common/policy.h"

enum { NO_QUESTION = 2 };

/* There are only events of kind MESSAGE here. */
static void log_by_the_monitor(void *context, enum option_log_level level, enum events_id id,
                               const struct events_value *values)
{
    const int *fd = context;
    CHECK(id == EVENTS_MESSAGE);
    const struct record record = { RECORD_AUTHORIZE_LOG, { level }, { values[0].text } };
    (void)!record_socket_send(*fd, &record, NULL);
}

static enum err take_question(int fd, struct buf *room, struct inquiry *inquiry)
{
    struct record record;
    TRY(record_socket_take(fd, room, &record, NULL));
    return inquiry_decode(&record, inquiry);
}

int authorize_service_run(int fd)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    scoped(buf) policy = BUF_EMPTY(POLICY_TEXT_MAX);
    static struct inquiry inquiry;
    if (take_question(fd, &room, &inquiry) != OK)
        return NO_QUESTION;
    log_hand_over(inquiry.log_level, log_by_the_monitor, &fd);
    bool may = authorize_key(&inquiry, fd, &policy);
    if (!may)
        buf_clear(&policy);
    const struct record answer = { RECORD_AUTHORIZED, { may }, { buf_bytes(&policy) } };
    return record_socket_send(fd, &answer, NULL) == OK ? 0 : AUTHORIZE_SERVICE_UNHEARD;
}
