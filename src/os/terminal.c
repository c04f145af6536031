/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The one terminal whose modes we changed. Signal handlers read it. */
static struct {
    volatile sig_atomic_t is_changed;
    volatile sig_atomic_t was_stopped;
    bool is_raw;
    bool is_guarded;
    int fd;
    struct termios saved;
    struct termios hidden;
    struct termios raw;
} terminal;

static const int ending_signals[] = { SIGHUP,  SIGINT, SIGQUIT, SIGTERM, SIGABRT,
                                      SIGSEGV, SIGBUS, SIGILL,  SIGFPE,  SIGALRM };

bool terminal_modes(int fd, struct termios *modes)
{
    return tcgetattr(fd, modes) == 0;
}

bool terminal_size(int fd, struct terminal_size *size)
{
    struct winsize found;
    if (ioctl(fd, TIOCGWINSZ, &found) != 0)
        return false;
    *size = (struct terminal_size){ found.ws_col, found.ws_row, found.ws_xpixel, found.ws_ypixel };
    return true;
}

static void restore(void)
{
    if (terminal.is_changed)
        (void)tcsetattr(terminal.fd, TCSADRAIN, &terminal.saved);
    terminal.is_changed = 0;
}

/* Runs once: on entry the default action is back, which ends the process on return. */
static void on_ending_signal(int number)
{
    /* TCSADRAIN could wait for ever for a terminal that is stopped or gone. */
    if (terminal.is_changed)
        (void)tcsetattr(terminal.fd, TCSANOW, &terminal.saved);
    (void)raise(number);
}

/* Without SA_RESTART: a read in progress must return, so that the question can be asked again. If the signal
 * is ignored, it stays so. */
static void set_stop_handler(void (*handler)(int))
{
    struct sigaction now,
        ours = { .sa_handler = handler, .sa_flags = (int)SA_RESETHAND | SA_NODEFER };
    (void)sigemptyset(&ours.sa_mask);
    if (sigaction(SIGTSTP, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
        (void)sigaction(SIGTSTP, &ours, NULL);
}

/* Whoever uses the terminal meanwhile must see what they type. Runs with the default action in place and the
 * signal unblocked: raise() stops the process right here. */
static void on_stop(int number)
{
    int reason = errno;
    (void)tcsetattr(terminal.fd, TCSANOW, &terminal.saved);
    (void)raise(number);
    (void)tcsetattr(terminal.fd, TCSANOW, &terminal.hidden);
    terminal.was_stopped = 1;
    set_stop_handler(on_stop);
    errno = reason;
}

/* Handlers set elsewhere, and ignored signals, stay as they are. */
static void guard(void)
{
    if (terminal.is_guarded)
        return;
    terminal.is_guarded = true;
    (void)atexit(restore);
    for (size_t i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++) {
        struct sigaction now,
            ours = { .sa_handler = on_ending_signal, .sa_flags = (int)SA_RESETHAND };
        (void)sigemptyset(&ours.sa_mask);
        if (sigaction(ending_signals[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            (void)sigaction(ending_signals[i], &ours, NULL);
    }
}

static enum err change(int fd, const struct termios *saved, const struct termios *wanted, int when)
{
    guard();
    terminal.fd = fd;
    terminal.saved = *saved;
    terminal.is_changed = 1;
    if (tcsetattr(fd, when, wanted) == 0)
        return OK;
    terminal.is_changed = 0;
    return ERR_SYSTEM;
}

enum err terminal_enter_raw(int fd)
{
    if (terminal.is_raw)
        return OK;
    struct termios saved;
    if (tcgetattr(fd, &saved) != 0)
        return ERR_SYSTEM;
    struct termios raw = saved;
    raw.c_iflag |= IGNPAR;
    raw.c_iflag &= ~(tcflag_t)(ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXANY | IXOFF | IUCLC);
    raw.c_lflag &= ~(tcflag_t)(ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHONL | IEXTEN);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    TRY(change(fd, &saved, &raw, TCSADRAIN));
    terminal.raw = raw;
    terminal.is_raw = true;
    return OK;
}

void terminal_leave(void)
{
    restore();
    terminal.is_raw = false;
}

bool terminal_is_raw(void)
{
    return terminal.is_raw;
}

enum err terminal_hide_input(int fd)
{
    struct termios saved;
    if (tcgetattr(fd, &saved) != 0)
        return ERR_SYSTEM;
    struct termios hidden = saved;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    TRY(change(fd, &saved, &hidden, TCSAFLUSH));
    terminal.hidden = hidden;
    terminal.was_stopped = 0;
    set_stop_handler(on_stop);
    return OK;
}

void terminal_show_input(void)
{
    set_stop_handler(SIG_DFL);
    terminal_leave();
}

bool terminal_was_stopped(void)
{
    bool was_stopped = terminal.was_stopped;
    terminal.was_stopped = 0;
    return was_stopped;
}

/* raise(), not kill(): the process stops before it returns. */
static void stop(void)
{
    struct sigaction before, plain = { .sa_handler = SIG_DFL };
    (void)sigemptyset(&plain.sa_mask);
    bool changes = sigaction(SIGTSTP, NULL, &before) == 0 && before.sa_handler != SIG_IGN;
    if (changes)
        (void)sigaction(SIGTSTP, &plain, NULL);
    (void)raise(SIGTSTP);
    if (changes)
        (void)sigaction(SIGTSTP, &before, NULL);
}

void terminal_suspend(void)
{
    restore();
    stop();
    terminal_resume();
}

void terminal_resume(void)
{
    if (!terminal.is_raw)
        return;
    /* A stop that cannot be caught (SIGSTOP) left the terminal raw, and another program may have changed it. */
    if (terminal.is_changed) {
        (void)tcsetattr(terminal.fd, TCSADRAIN, &terminal.raw);
        return;
    }
    /* Suspended: the modes to restore later may differ from those saved before. */
    terminal.is_raw = false;
    (void)!terminal_enter_raw(terminal.fd);
}
