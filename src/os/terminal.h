/* SPDX-License-Identifier: BSD-2-Clause */
/* The person's terminal: raw mode, and its restoration whatever happens to the process. There is one. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

struct terminal_size {
    uint32_t columns, rows, width, height; /* cells; pixels, 0 when unknown */
};

/* False when `fd` is not a terminal. */
bool terminal_modes(int fd, struct termios *modes);
bool terminal_size(int fd, struct terminal_size *size);

/* Puts the terminal into raw mode. Its old modes come back by terminal_leave, at exit, and when a signal
 * that ends the process arrives. ERR_SYSTEM. Calling it again is fine. */
NODISCARD enum err terminal_enter_raw(int fd);
void terminal_leave(void);
bool terminal_is_raw(void);

/* Switches echo off until terminal_show_input, with the same guarantees, and while ^Z has the process
 * stopped. */
NODISCARD enum err terminal_hide_input(int fd);
void terminal_show_input(void);

/* Whether the process was stopped, and goes on, since the input was hidden or this was last asked. */
bool terminal_was_stopped(void);

/* Suspends the process as ^Z would, with the terminal as it was, and returns once it goes on. What handles SIGTSTP is
 * passed over, but not that it is ignored. */
void terminal_suspend(void);

/* To be called when the process goes on after a stop, of whatever kind: raw mode is back if it was on. In the
 * background this stops it again. */
void terminal_resume(void);
