/* SPDX-License-Identifier: BSD-2-Clause */
/* With what glasshd ends when it does not end well; as sshd does. */
#pragma once

enum { EXIT_STATUS_PROBLEM = 1, EXIT_STATUS_CONFIGURATION = 255, EXIT_STATUS_CONNECTION = 255 };
