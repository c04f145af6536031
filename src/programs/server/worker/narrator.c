/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/narrator.h"

#include "base/check.h"
#include "explain/ladder.h"
#include "os/clock.h"
#include "os/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

struct narrator {
    struct ladder *ladder;
};

static struct {
    bool has_unicode, has_colour;
} view;

static void write_rows(void *context, struct bytes text)
{
    (void)context;
    struct iovec part = { (void *)(uintptr_t)text.data, text.len };
    (void)!writev(STDERR_FILENO, &part, 1);
}

static struct instant tell_time(void *context)
{
    (void)context;
    return clock_now();
}

void narrator_look(void)
{
    view.has_unicode = screen_has_unicode();
    view.has_colour = screen_has_colour(STDERR_FILENO);
}

static void name_ends(struct ladder *ladder, const struct endpoint *peer,
                      const struct endpoint *local)
{
    char client[96], server[96], address[ENDPOINT_TEXT_MAX];
    (void)snprintf(client, sizeof(client), "client %s", endpoint_format(peer, address));
    (void)snprintf(server, sizeof(server), "glasshd %s", endpoint_format(local, address));
    ladder_name_ends(ladder, client, server);
}

struct narrator *narrator_new(const struct endpoint *peer, const struct endpoint *local)
{
    struct narrator *narrator = calloc(1, sizeof(*narrator));
    CHECK(narrator);
    const struct ladder_setup setup = {
        .form = view.has_unicode ? LADDER_UNICODE : LADDER_ASCII,
        .has_colour = view.has_colour,
        .is_server = true,
        .write = write_rows,
        .now = tell_time,
    };
    narrator->ladder = ladder_new(&setup);
    name_ends(narrator->ladder, peer, local);
    return narrator;
}

void narrator_free(struct narrator *narrator)
{
    if (!narrator)
        return;
    ladder_finish(narrator->ladder);
    ladder_free(narrator->ladder);
    free(narrator);
}

const struct trace *narrator_trace(const struct narrator *narrator)
{
    return narrator ? ladder_trace(narrator->ladder) : NULL;
}
