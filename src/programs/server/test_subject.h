/* SPDX-License-Identifier: BSD-2-Clause */
/* The argument of -C: the connection and user for which -T prints the options. */
#pragma once

#include "config/server_match.h"

/* Takes "user=ann,addr=192.0.2.7": user, host, addr, laddr, lport and invalid-user. The text is cut into pieces, some
 * of which the subject keeps. False: a piece is wrong; *wrong is its text, and *is_port whether only its port is. */
bool test_subject_parse(struct server_match_subject *subject, char *text, const char **wrong,
                        bool *is_port);
