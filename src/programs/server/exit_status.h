/* SPDX-License-Identifier: BSD-2-Clause */
/* The exit statuses of glasshd when something fails; as sshd's. */
#pragma once

enum { EXIT_STATUS_PROBLEM = 1, EXIT_STATUS_CONFIGURATION = 255, EXIT_STATUS_CONNECTION = 255 };
