/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/verdict_log.h"

#include "programs/server/common/log.h"
#include "programs/server/monitor/methods.h"

#include <stdio.h>

enum { METHOD_MAX = 64 };

/* Attempts that do not suggest an attack, and those of an agent with many keys, are not logged by default; nor is what
 * the device has logged already: programs that count failures would count it twice. */
static enum option_log_level level_of(const struct verdict_log_attempt *attempt,
                                      enum monitor_verdict verdict)
{
    bool is_asked = attempt->method == MONITOR_INTERACTIVE;
    bool is_told = is_asked && attempt->device && attempt->is_ours && verdict == MONITOR_REFUSED;
    bool is_guess = (attempt->method == MONITOR_PASSWORD || is_asked) && !is_told;
    if (verdict == MONITOR_ASKS)
        return OPTION_LOG_VERBOSE;
    if (verdict == MONITOR_ACCEPTED || is_guess)
        return OPTION_LOG_INFO;
    if (attempt->method == MONITOR_NONE || !attempt->is_ours)
        return OPTION_LOG_DEBUG1;
    return attempt->are_many ? OPTION_LOG_INFO : OPTION_LOG_VERBOSE;
}

void verdict_log(const struct verdict_log_attempt *attempt, enum monitor_verdict verdict)
{
    static const enum events_id ids[] = {
        [MONITOR_REFUSED] = EVENTS_LOGIN_FAILED,   [MONITOR_PARTIAL] = EVENTS_LOGIN_PARTIAL,
        [MONITOR_KEY_OK] = EVENTS_LOGIN_POSTPONED, [MONITOR_ACCEPTED] = EVENTS_LOGIN_ACCEPTED,
        [MONITOR_ASKS] = EVENTS_LOGIN_POSTPONED,
    };
    bool has_key = attempt->method == MONITOR_PUBLICKEY && *attempt->key_name;
    struct bytes key = bytes_text(has_key ? attempt->key_name : NULL);
    struct bytes type = bytes_cut(&key, ' ');
    bool has_device = attempt->method == MONITOR_INTERACTIVE && attempt->device;
    char method[METHOD_MAX];
    (void)snprintf(method, sizeof(method), "%s%s%s", methods_name(attempt->method),
                   has_device ? "/" : "", has_device ? attempt->device : "");
    /* The four have the same fields. */
    const struct events_of_LOGIN_FAILED fields = {
        .method = events_text(method),
        .key_type = events_bytes(type),
        .fingerprint = events_bytes(key),
    };
    log_event(level_of(attempt, verdict), ids[verdict], (const struct events_value *)&fields);
}
