/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/signals.h"

#include "os/terminal.h"

#include <signal.h>

static void on_ending(uv_signal_t *handle, int number)
{
    struct signals *s = handle->data;
    s->owner.ended(s->owner.context, number);
}

static void on_resized(uv_signal_t *handle, int number)
{
    (void)number;
    struct signals *s = handle->data;
    s->owner.resized(s->owner.context);
}

static void on_suspended(uv_signal_t *handle, int number)
{
    (void)handle;
    (void)number;
    terminal_suspend();
}

/* The window may have changed meanwhile. */
static void on_continued(uv_signal_t *handle, int number)
{
    terminal_resume();
    on_resized(handle, number);
}

static const struct {
    int number;
    uv_signal_cb act;
    bool needs_terminal;
    bool may_be_ignored; /* by the process that started us */
} rows[SIGNALS_COUNT] = {
    { SIGTERM, on_ending, false, true },    { SIGHUP, on_ending, false, true },
    { SIGINT, on_ending, false, true },     { SIGWINCH, on_resized, true, false },
    { SIGCONT, on_continued, true, false }, { SIGTSTP, on_suspended, true, true },
};

static bool is_ignored(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void signals_init(struct signals *s, uv_loop_t *loop, const struct signals_owner *owner)
{
    s->owner = *owner;
    for (size_t i = 0; i < SIGNALS_COUNT; i++) {
        (void)uv_signal_init(loop, &s->handles[i]);
        s->handles[i].data = s;
        uv_unref((uv_handle_t *)&s->handles[i]);
    }
}

void signals_start(struct signals *s, bool has_terminal)
{
    for (size_t i = 0; i < SIGNALS_COUNT; i++) {
        bool is_left = rows[i].may_be_ignored && is_ignored(rows[i].number);
        if (!is_left && (has_terminal || !rows[i].needs_terminal))
            (void)uv_signal_start(&s->handles[i], rows[i].act, rows[i].number);
    }
}
