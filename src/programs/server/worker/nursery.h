/* SPDX-License-Identifier: BSD-2-Clause */
/* Where workers come from: a process that is ready to serve, isolated, and forks. Each child locks itself in
 * and waits at the cradle, a socket that all of them share, for one connection, or one key to be judged; there
 * are always some that wait, so that nothing waits for them. The children share the addresses of their code: when one
 * of them crashes, whoever started the nursery is told and starts another one, where they are different. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The descriptors that the program gets. */
enum nursery_descriptor {
    NURSERY_CRADLE = 3, /* START and VERIFY records come here, each to whichever child is first */
    NURSERY_NOTICES,    /* one octet goes out for each child that crashed */
};

/* Until nobody can lay anything in the cradle any more and all children are gone. Children that explain may write to
 * files. Gives the exit status. */
int nursery_run(size_t idle_count, bool explains);
