/* SPDX-License-Identifier: BSD-2-Clause */
/* Has a process of the nursery judge a key and a signature (verify/verify.h): the monitor parses neither. */
#pragma once

#include "ipc/record.h"

enum { VERIFIER_NAME_MAX = 128 };

struct verifier_verdict {
    bool is_right;
    char name[VERIFIER_NAME_MAX]; /* for people; escaped */
};

/* Asks a process that waits at the cradle. *fd is where the answer comes; -1: there is none. */
void verifier_ask(int cradle_fd, const struct record *question, int *fd);

/* Waits for the answer, and closes the descriptor. No answer counts as a wrong signature. */
struct verifier_verdict verifier_answer(int fd);
