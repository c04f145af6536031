/* SPDX-License-Identifier: BSD-2-Clause */
/* Where workers come from: a process that is ready to serve, isolated, and forks. Each child locks itself in and waits
 * at the cradle, a socket that all of them share, for one connection, or one key to be judged; some are always waiting,
 * so that nothing waits for them. The children share the addresses of their code: when one of them crashes, the process
 * that started the nursery is told and starts another one with different addresses. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The descriptors that the program gets. */
enum nursery_descriptor {
    NURSERY_CRADLE = 3, /* START and VERIFY records come here, each for one child */
    NURSERY_NOTICES,    /* one octet is sent for each child that crashed */
};

/* Runs until nobody can send to the cradle any more and all children are gone. Children that explain may write to
 * files. Returns the exit status. */
int nursery_run(size_t idle_count, bool explains);
