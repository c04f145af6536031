/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks on values of sshd_config beyond their type. */
#pragma once

#include "base/bytes.h"

bool server_value_is_path(struct bytes text); /* absolute, or with a token in front */

/* "user" or "user@host", where the host may be a block of addresses. */
bool server_value_is_user(struct bytes word);

/* "publickey,password": methods that must all succeed. */
bool server_value_is_methods(struct bytes word);

bool server_value_is_open(struct bytes word);   /* host:port */
bool server_value_is_listen(struct bytes word); /* [host:]port */
