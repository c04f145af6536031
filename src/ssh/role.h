/* SPDX-License-Identifier: BSD-2-Clause */
/* Which end of the connection we are. */
#pragma once

enum role { ROLE_CLIENT, ROLE_SERVER };
