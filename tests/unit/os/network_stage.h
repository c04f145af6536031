/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a test in a child with a network of its own. */
#pragma once

#include "os/own_network.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STAGE_CANNOT = 77 };

/* Skips the test, with the reason, where no such network can be had or no device be made in it. */
static void in_own_network(int (*act)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (own_network_enter() != OK) {
            (void)fprintf(stderr, "no network of one's own: %s\n", strerror(errno));
            _exit(STAGE_CANNOT);
        }
        _exit(act());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == STAGE_CANNOT)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}
