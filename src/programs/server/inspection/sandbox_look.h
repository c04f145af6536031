/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at a process from outside, prints what it is and may do, and compares each row with its role's. */
#pragma once

#include "programs/server/inspection/sandbox_cast.h"

struct sandbox_look {
    bool is_wrong;       /* some row was wrong */
    size_t hidden_count; /* rows that the kernel does not show to this user */
};

void sandbox_look_at(struct sandbox_look *look, const struct sandbox_subject *subject);
