/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection in any phase behind the first key exchange, either role, fed with payloads by a peer that
 * has the keys. What is refused stays refused, answers are bounded by what was asked, and no message makes
 * a server think that somebody logged in whom its owner did not accept. */
#include "fuzz/fuzz.h"
#include "machine/stage.h"

enum { INPUT_MAX = 16 * 1024, PACKETS_MAX = 64, PAYLOAD_MAX = 4096 };

static bool is_reachable(enum role role, enum legality_phase phase)
{
    if (phase < LEGALITY_SERVICE)
        return false;
    bool is_client_only = phase > LEGALITY_AUTH_IDLE && phase < LEGALITY_AUTH_INTERACTIVE;
    return role == ROLE_CLIENT ? phase != LEGALITY_SERVICE : !is_client_only;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size < INPUT_MAX ? size : INPUT_MAX);
    enum role role = fuzz_choice(&in, 2) ? ROLE_SERVER : ROLE_CLIENT;
    enum legality_phase phase = fuzz_choice(&in, LEGALITY_PHASE_COUNT);
    bool has_channel = fuzz_choice(&in, 2);
    if (!is_reachable(role, phase))
        return 0;

    struct stage stage;
    stage_init(&stage, role, phase);
    if (phase == LEGALITY_OPEN && has_channel)
        stage_open_channel(&stage);
    enum err err = OK;
    for (size_t count = 0; in.len && count < PACKETS_MAX && err == OK; count++) {
        size_t len = fuzz_choice(&in, 256) * 256 % PAYLOAD_MAX + fuzz_choice(&in, 256);
        struct bytes payload = bytes_slice(in, 0, len);
        in = bytes_skip(in, payload.len);
        if (payload.len == 0)
            continue;
        struct stage_reaction reaction = stage_feed(&stage, payload);
        err = reaction.err;
        CHECK((err != OK) == (connection_error(stage.subject) != OK) ||
              payload.data[0] == SSH_MSG_DISCONNECT);
        CHECK(reaction.packets <= 8);
        buf_wipe(&reaction.first);
    }
    stage_wipe(&stage);
    return 0;
}
