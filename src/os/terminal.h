/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's terminal: raw mode, and its restoration whatever happens to the process. There is only one. */
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

/* Puts the terminal into raw mode. Its old modes are restored by terminal_leave, at exit, and when a signal
 * ends the process. ERR_SYSTEM. Calling it again is fine. */
NODISCARD enum err terminal_enter_raw(int fd);
void terminal_leave(void);
bool terminal_is_raw(void);

/* Switches echo off until terminal_show_input. The modes are restored as above, and also while ^Z has the
 * process stopped. */
NODISCARD enum err terminal_hide_input(int fd);
void terminal_show_input(void);

/* Whether the process was stopped and continued since the input was hidden or since the last call. */
bool terminal_was_stopped(void);

/* Suspends the process as ^Z would, with the terminal restored, and returns once it continues. A handler for SIGTSTP
 * is bypassed, but if the signal is ignored it stays so. */
void terminal_suspend(void);

/* To be called when the process continues after any kind of stop: restores raw mode if it was on. In the background
 * this stops the process again. */
void terminal_resume(void);
