/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/legality.h"

#include "base/check.h"
#include "ssh/msg/message.h"

/* The rows do not overlap: each cell is set by at most one. */
#define RECEIVER_CLIENT ROLE_CLIENT
#define RECEIVER_SERVER ROLE_SERVER
#define RECEIVER_EITHER ROLE_CLIENT... ROLE_SERVER

static const uint8_t table[ROLE_SERVER + 1][LEGALITY_PHASE_COUNT][UINT8_MAX + 1] = {
#define LEGAL(receiver, from, to, first, last, action) \
    [RECEIVER_##receiver][LEGALITY_##from... LEGALITY_##to][first... last] = LEGALITY_##action,
#include "ssh/legality.def"
#undef LEGAL
};

enum legality_action legality_of(enum role receiver, enum legality_phase phase, uint8_t number)
{
    CHECK(phase < LEGALITY_PHASE_COUNT);
    return (enum legality_action)table[receiver][phase][number];
}

bool legality_may_send_in_kex(uint8_t number)
{
    bool is_generic = number >= SSH_MSG_DISCONNECT && number <= SSH_MSG_DEBUG;
    bool is_kex = number >= SSH_MSG_KEXINIT && number < SSH_MSG_USERAUTH_REQUEST;
    return is_generic || is_kex;
}

const char *legality_phase_name(enum legality_phase phase)
{
    static const char *const names[LEGALITY_PHASE_COUNT] = {
        [LEGALITY_KEXINIT] = "KEXINIT",
        [LEGALITY_KEX] = "KEX",
        [LEGALITY_NEWKEYS] = "NEWKEYS",
        [LEGALITY_AFTER_NEWKEYS] = "AFTER_NEWKEYS",
        [LEGALITY_SERVICE] = "SERVICE",
        [LEGALITY_AUTH_IDLE] = "AUTH_IDLE",
        [LEGALITY_AUTH_NONE] = "AUTH_NONE",
        [LEGALITY_AUTH_QUERY] = "AUTH_QUERY",
        [LEGALITY_AUTH_SIGNED] = "AUTH_SIGNED",
        [LEGALITY_AUTH_PASSWORD] = "AUTH_PASSWORD",
        [LEGALITY_AUTH_INTERACTIVE] = "AUTH_INTERACTIVE",
        [LEGALITY_OPEN] = "OPEN",
        [LEGALITY_REKEY] = "REKEY",
        [LEGALITY_REKEY_NEWKEYS] = "REKEY_NEWKEYS",
    };
    return names[phase];
}
