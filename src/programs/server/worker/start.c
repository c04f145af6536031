/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/start.h"

enum {
    PEER_PORT,
    LOCAL_PORT,
    LOG_LEVEL,
    EXPLAINS,
    MAX_AUTH_TRIES,
    MAX_SESSIONS,
    LOGIN_GRACE_TIME,
    ALIVE_INTERVAL,
    ALIVE_COUNT_MAX,
    REKEY_OCTETS_HIGH,
    REKEY_OCTETS_LOW,
    REKEY_SECONDS,
    ASKS_TERMS,
    IS_JOINT,
};

enum { COOKIE_LEN = 16 };
enum {
    PEER,
    LOCAL,
    HOST_KEYS,
    USER_KEY_ALGORITHMS,
    AUTH_METHODS,
    BANNER,
    SOFTWARE,
    SENT_COOKIE,
    OFFER
};

struct record start_encode(const struct start *start)
{
    struct record record = {
        RECORD_START,
        .numbers = { [PEER_PORT] = start->peer.port,
                     [LOCAL_PORT] = start->local.port,
                     [LOG_LEVEL] = start->log_level,
                     [EXPLAINS] = start->explains,
                     [MAX_AUTH_TRIES] = start->max_auth_tries,
                     [MAX_SESSIONS] = start->max_sessions,
                     [LOGIN_GRACE_TIME] = start->login_grace_time,
                     [ALIVE_INTERVAL] = start->alive_interval,
                     [ALIVE_COUNT_MAX] = start->alive_count_max,
                     [REKEY_OCTETS_HIGH] = (uint32_t)(start->rekey_octets >> 32),
                     [REKEY_OCTETS_LOW] = (uint32_t)start->rekey_octets,
                     [REKEY_SECONDS] = start->rekey_seconds,
                     [ASKS_TERMS] = start->asks_terms,
                     [IS_JOINT] = start->is_joint },
        .texts = { [PEER] = bytes_text(start->peer.address),
                   [LOCAL] = bytes_text(start->local.address),
                   [HOST_KEYS] = start->host_keys,
                   [USER_KEY_ALGORITHMS] = start->user_key_algorithms,
                   [AUTH_METHODS] = start->auth_methods,
                   [BANNER] = start->banner,
                   [SOFTWARE] = start->software,
                   [SENT_COOKIE] = start->sent_cookie },
    };
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        record.texts[OFFER + i] = start->offer.lists[i];
    return record;
}

enum err start_decode(const struct record *record, struct start *start)
{
    const uint32_t *numbers = record->numbers;
    const struct bytes *texts = record->texts;
    if (record->type != RECORD_START)
        return ERR_BAD_STATE;
    *start = (struct start){
        .host_keys = texts[HOST_KEYS],
        .user_key_algorithms = texts[USER_KEY_ALGORITHMS],
        .auth_methods = texts[AUTH_METHODS],
        .banner = texts[BANNER],
        .software = texts[SOFTWARE],
        .sent_cookie = texts[SENT_COOKIE],
        .log_level = numbers[LOG_LEVEL],
        .explains = numbers[EXPLAINS],
        .asks_terms = numbers[ASKS_TERMS],
        .is_joint = numbers[IS_JOINT],
        .max_auth_tries = numbers[MAX_AUTH_TRIES],
        .max_sessions = numbers[MAX_SESSIONS],
        .login_grace_time = numbers[LOGIN_GRACE_TIME],
        .alive_interval = numbers[ALIVE_INTERVAL],
        .alive_count_max = numbers[ALIVE_COUNT_MAX],
        .rekey_octets = (uint64_t)numbers[REKEY_OCTETS_HIGH] << 32 | numbers[REKEY_OCTETS_LOW],
        .rekey_seconds = numbers[REKEY_SECONDS],
    };
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        start->offer.lists[i] = texts[OFFER + i];
    if (start->sent_cookie.len != 0 && start->sent_cookie.len != COOKIE_LEN)
        return ERR_BAD_VALUE;
    TRY(endpoint_take(texts[PEER], numbers[PEER_PORT], &start->peer));
    return endpoint_take(texts[LOCAL], numbers[LOCAL_PORT], &start->local);
}
