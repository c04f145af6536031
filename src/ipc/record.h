/* SPDX-License-Identifier: BSD-2-Clause */
/* The records between the server's processes. Each is one datagram: its type, then as many numbers (uint32)
 * and texts (SSH strings) as record.def lists. The receiver asks the gate first. A record that is not admitted
 * means that the sender has been taken over, so the receiver ends it. */
#pragma once

#include "base/buf.h"

enum record_type {
#define RECORD(name, from, to, phase, numbers, texts, octets, times, what) RECORD_##name,
#include "ipc/record.def"
#undef RECORD
    RECORD_TYPE_COUNT
};

enum record_end {
    RECORD_WORKER,
    RECORD_MONITOR,
    RECORD_SESSION,
    RECORD_LISTENER,
    RECORD_KEYD,
    RECORD_PORCH,
    RECORD_OFFER,
    RECORD_JUDGE,
    RECORD_AUTHORIZER,
    RECORD_PAM,
    RECORD_TCP,
    RECORD_OWNER /* of glassh-tcp: glassh, or glasshd's listener */
};

/* LOGIN: until a login is accepted (keyd: until it has its keys); OPEN: after that. */
enum record_phase { RECORD_PHASE_LOGIN = 1, RECORD_PHASE_OPEN = 2, RECORD_PHASE_ANY = 3 };

enum { RECORD_NUMBERS_MAX = 14, RECORD_TEXTS_MAX = 13, RECORD_LEN_MAX = 130 * 1024 };

/* Texts are borrowed. Fields that the type does not have are zero. */
struct record {
    enum record_type type;
    uint32_t numbers[RECORD_NUMBERS_MAX];
    struct bytes texts[RECORD_TEXTS_MAX];
};

/* Appends the datagram. ERR_NO_SPACE, or ERR_TOO_LONG if it exceeds what the table allows. */
NODISCARD enum err record_encode(const struct record *record, struct buf *out);

/* Anything but exactly what the table lists for the type is an error: ERR_BAD_VALUE, ERR_TRUNCATED,
 * ERR_TRAILING, ERR_TOO_LONG. */
NODISCARD enum err record_decode(struct bytes datagram, struct record *record);

/* What one end has admitted so far; initially zero. */
struct record_gate {
    bool is_open; /* the login was accepted; keyd has its keys */
    uint32_t counts[RECORD_TYPE_COUNT];
};

/* Checks whether a record of that type may now go from one end to the other, and counts it: ERR_BAD_STATE,
 * ERR_OVER_BUDGET. */
NODISCARD enum err record_admit(struct record_gate *gate, enum record_type type,
                                enum record_end from, enum record_end to);
