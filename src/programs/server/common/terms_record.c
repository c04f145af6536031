/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/terms_record.h"

enum {
    MAX_AUTH_TRIES,
    MAX_SESSIONS,
    ALIVE_INTERVAL,
    ALIVE_COUNT_MAX,
    REKEY_OCTETS_HIGH,
    REKEY_OCTETS_LOW,
    REKEY_SECONDS
};

struct record terms_record_encode(const struct terms_record *terms)
{
    return (struct record){
        RECORD_TERMS,
        .numbers = { [MAX_AUTH_TRIES] = terms->max_auth_tries,
                     [MAX_SESSIONS] = terms->max_sessions,
                     [ALIVE_INTERVAL] = terms->alive_interval,
                     [ALIVE_COUNT_MAX] = terms->alive_count_max,
                     [REKEY_OCTETS_HIGH] = (uint32_t)(terms->rekey_octets >> 32),
                     [REKEY_OCTETS_LOW] = (uint32_t)terms->rekey_octets,
                     [REKEY_SECONDS] = terms->rekey_seconds },
        .texts = { terms->banner },
    };
}

struct terms_record terms_record_decode(const struct record *record)
{
    const uint32_t *numbers = record->numbers;
    return (struct terms_record){
        .banner = record->texts[0],
        .max_auth_tries = numbers[MAX_AUTH_TRIES],
        .max_sessions = numbers[MAX_SESSIONS],
        .alive_interval = numbers[ALIVE_INTERVAL],
        .alive_count_max = numbers[ALIVE_COUNT_MAX],
        .rekey_octets = (uint64_t)numbers[REKEY_OCTETS_HIGH] << 32 | numbers[REKEY_OCTETS_LOW],
        .rekey_seconds = numbers[REKEY_SECONDS],
    };
}
