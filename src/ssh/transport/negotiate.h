/* SPDX-License-Identifier: BSD-2-Clause */
/* What two KEXINITs agree on, RFC 4253 section 7.1: in each list, the client's first name that the server has too. All
 * key exchanges here need a host key that can sign, and all host keys can. Also handles the marks that are sent as
 * names in the list of key exchanges and never chosen: strict key exchange and RFC 8308's ext-info. They count in the
 * first exchange only. */
#pragma once

#include "ssh/msg/kexinit.h"
#include "ssh/role.h"
#include "ssh/transport/algorithms.h"

struct negotiate_result {
    struct algorithms_chosen chosen;
    bool peer_takes_ext_info;
    bool skips_next;  /* the peer's guessed packet is wrong: drop one */
    bool guess_wrong; /* ours was: send the right one */

    /* With ERR_NO_COMMON: which list it was. */
    enum kexinit_list missing;
};

/* `previous` is what the last exchange chose, NULL for the first. The names chosen are static.
 * ERR_NO_COMMON: then only `missing` may be read. */
NODISCARD enum err negotiate_choose(enum role role, const struct kexinit *ours,
                                    const struct kexinit *theirs,
                                    const struct algorithms_chosen *previous,
                                    struct negotiate_result *out);

/* Fills in our KEXINIT. It borrows from `offer` and from `kex_names`, to which our key exchanges are appended, with the
 * marks of our role in the first exchange. ERR_NO_SPACE. */
NODISCARD enum err negotiate_offer(enum role role, const struct algorithms_offer *offer,
                                   bool is_first, struct buf *kex_names, struct kexinit *out);

/* The list in words, for a message: "cipher from client to server". */
const char *negotiate_list_name(enum kexinit_list list);

/* The kind of algorithm in the list, in the words of OpenSSH's messages, which have no directions: "cipher". */
const char *negotiate_list_kind(enum kexinit_list list);
