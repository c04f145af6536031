/* SPDX-License-Identifier: BSD-2-Clause */
/* Applies a configuration's lists of algorithms. Another program knows the algorithms (listener/offer_link.h). Each
 * function returns 0, or the exit status after reporting what is wrong on standard error. */
#pragma once

#include "programs/server/listener/offer_link.h"

/* Opens the link and fills it. Lists behind Match are checked, too: they must be right when somebody comes to whom they
 * apply. */
int lists_apply(struct offer_link *offer, const struct server_options *options,
                const struct sandbox_setup *sandbox);

/* Fills the link's `user_keys` from these options only. */
int lists_user_keys(struct offer_link *offer, const struct server_options *options);

/* Reports that the program cannot be asked; never returns 0. */
int lists_give_up(enum err err);
