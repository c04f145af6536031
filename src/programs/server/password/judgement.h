/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a password has a given hash (crypt(5)): in a program of its own, which runs as nobody and has nothing,
 * because every octet of the password is the peer's. */
#pragma once

#include "ipc/record.h"

/* The program's exit statuses: none that occurs by accident. */
enum { JUDGEMENT_RIGHT = 0x5a, JUDGEMENT_WRONG = 0x33, JUDGEMENT_FAILED = 0x55 };

enum {
    JUDGEMENT_HASH_MAX = 1024, /* octets */
    JUDGEMENT_NOBODY = 65534,  /* user and group of the program if root starts it */
};

/* The texts of the PASSWORD record, in this order. */
enum { JUDGEMENT_PASSWORD, JUDGEMENT_HASH };

/* One of the statuses above; FAILED for anything but a PASSWORD record. */
int judgement_of(const struct record *asked);
