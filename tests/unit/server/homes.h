/* SPDX-License-Identifier: BSD-2-Clause */
/* A host of sessions for tests, whose user has an empty home. */
#pragma once

#include "config/server_options.h"
#include "programs/server/session/session.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct home {
    char path[64];
    struct server_options options;
    struct account account;
    struct policy policy;
    struct session_host host;
};

static void home_make(struct home *home)
{
    static char shell[] = "/bin/sh", name[] = "ann";
    *home = (struct home){ .path = "/tmp/glassh-home-XXXXXX" };
    char folder[128];
    if (!mkdtemp(home->path))
        abort();
    (void)snprintf(folder, sizeof(folder), "%s/.ssh", home->path);
    (void)mkdir(folder, 0700);
    server_options_init(&home->options);
    home->account = (struct account){ 1000, 100, name, home->path, shell };
    home->policy.features = POLICY_ALL;
    home->host = (struct session_host){ .options = &home->options,
                                        .account = &home->account,
                                        .policy = &home->policy,
                                        .peer = { "192.0.2.7", 50000 },
                                        .local = { "192.0.2.1", 22 },
                                        .monitor_fd = -1,
                                        .dev_fd = -1 };
}

static inline void home_write(const struct home *home, const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", home->path, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

static void home_remove(struct home *home)
{
    static const char *const names[] = { ".ssh/rc", ".ssh/environment", ".ssh", ".hushlogin", "" };
    char path[256];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", home->path, names[i]);
        (void)remove(path);
    }
    server_options_wipe(&home->options);
}
