/* SPDX-License-Identifier: BSD-2-Clause */
/* The five lists of algorithms that we offer: the user's wishes or the defaults, in an order that suits
 * this server. */
#pragma once

#include "programs/client/cache.h"
#include "programs/client/host_key.h"
#include "ssh/transport/algorithms.h"

/* Zero is empty. */
struct offers {
    struct buf lists[ALGORITHMS_CATEGORY_COUNT];
};

/* What the user did not order is: host key algorithms whose keys are known go first, and so does what the
 * server itself wished first last time, because then a guess at the key exchange is right. ERR_BAD_VALUE
 * for a list that is wrong, which has been logged. */
NODISCARD enum err offers_make(struct offers *offers, const struct client_options *options,
                               const struct host_key *host_key,
                               const struct cache_entry *remembered);
void offers_wipe(struct offers *offers);

/* A guess is right if the first wishes of both sides agree; where it is known that they do not, the packet
 * would only be thrown away. */
bool offers_guess_may_fit(const struct offers *offers, const struct cache_entry *remembered);
