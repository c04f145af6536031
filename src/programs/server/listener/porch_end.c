/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/porch_end.h"

#include "programs/server/common/log.h"

void porch_end_log(enum porch_end why)
{
    switch (why) {
    case PORCH_CLOSED:
        LOG_BARE(CLOSED);
        return;
    case PORCH_TIMED_OUT:
        LOG_BARE(LOGIN_TIMEOUT);
        return;
    case PORCH_BAD_LINE:
    case PORCH_BAD_VERSION:
        LOG_BARE(IDENT_INVALID);
        LOG(IDENT_REFUSED, .why = events_text("invalid format"));
        return;
    case PORCH_BAD_PACKET:
        LOG(FAILED, .why = events_text("the first packet is none that may come there"));
        return;
    case PORCH_END_COUNT:
        return;
    }
}

enum penalties_class porch_end_class(enum porch_end why)
{
    static const enum penalties_class classes[PORCH_END_COUNT] = {
        [PORCH_CLOSED] = PENALTIES_NOAUTH,     [PORCH_TIMED_OUT] = PENALTIES_GRACE_EXCEEDED,
        [PORCH_BAD_LINE] = PENALTIES_NOAUTH,   [PORCH_BAD_VERSION] = PENALTIES_NOAUTH,
        [PORCH_BAD_PACKET] = PENALTIES_NOAUTH,
    };
    return classes[why];
}
