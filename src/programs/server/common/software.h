/* SPDX-License-Identifier: BSD-2-Clause */
/* How this server calls itself: "glassh_" and the version, with what VersionAddendum adds. The processes that send it
 * and keyd, which signs it, must agree. */
#pragma once

struct server_options;

enum { SOFTWARE_MAX = 241 };

void software_name(const struct server_options *options, char name[SOFTWARE_MAX]);

/* The whole identification line, without CR LF. */
enum { SOFTWARE_LINE_MAX = SOFTWARE_MAX + 8 };

void software_line(const char *name, char line[SOFTWARE_LINE_MAX]);
