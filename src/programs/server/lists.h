/* SPDX-License-Identifier: BSD-2-Clause */
/* What a configuration's lists of algorithms come to. Who knows the algorithms is another program (listener/offer_link.h);
 * each function gives 0, or the exit status, when what is wrong has been told on standard error. */
#pragma once

#include "programs/server/listener/offer_link.h"

/* Opens the link and fills it. Lists behind Match are looked at, too: they must be right when somebody comes for whom
 * they hold. */
int lists_apply(struct offer_link *offer, const struct server_options *options,
                const struct sandbox_setup *sandbox);

/* Fills the link's `user_keys` by these options alone. */
int lists_user_keys(struct offer_link *offer, const struct server_options *options);

/* When that program cannot be asked; never 0. */
int lists_give_up(enum err err);
