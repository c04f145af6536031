/* SPDX-License-Identifier: BSD-2-Clause */
/* The algorithms we have, by their names on the wire, and what one side offers or two sides chose. */
#pragma once

#include "base/buf.h"
#include "crypto/agree.h"
#include "crypto/digest.h"

enum algorithms_category {
    ALGORITHMS_KEX,
    ALGORITHMS_HOST_KEY,
    ALGORITHMS_CIPHER,
    ALGORITHMS_MAC,
    ALGORITHMS_COMPRESSION,
    ALGORITHMS_CATEGORY_COUNT
};

struct algorithms_kex {
    const char *name;
    enum agree_algorithm agree;
    enum digest_algorithm digest;
};

enum algorithms_cipher_mode { ALGORITHMS_CTR, ALGORITHMS_GCM, ALGORITHMS_CHACHAPOLY };

struct algorithms_cipher {
    const char *name;
    enum algorithms_cipher_mode mode;
    size_t key_len;
    size_t iv_len;
    size_t block_len; /* packets are padded to a multiple of it */
};

struct algorithms_mac {
    const char *name;
    enum digest_algorithm digest;
    bool is_etm; /* encrypt, then MAC */
};

/* Comma-separated names, best first, all known; borrowed: copy them to keep them. */
struct algorithms_offer {
    struct bytes names[ALGORITHMS_CATEGORY_COUNT];
};

/* The MAC's name where an AEAD needs none. */
#define ALGORITHMS_IMPLICIT "<implicit>"

/* The outcome; the names are static or live as long as the connection. */
struct algorithms_chosen {
    const char *kex;
    const char *host_key;
    const char *cipher_out, *cipher_in; /* from our point of view */
    const char *mac_out, *mac_in;       /* ALGORITHMS_IMPLICIT with an AEAD */
    const char *compression_out, *compression_in;
    bool strict;
    bool is_rekey;
    bool guess_fits; /* a guess would have matched the peer's first kex and host key */
};

/* Whether somebody in between could drop the first encrypted packets unnoticed: the exchange was not strict, and a
 * cipher or MAC takes the packet number from outside what it protects (CVE-2023-48795). */
bool algorithms_allow_truncation(const struct algorithms_chosen *chosen);

const struct algorithms_kex *algorithms_find_kex(struct bytes name);
const struct algorithms_cipher *algorithms_find_cipher(struct bytes name);
const struct algorithms_mac *algorithms_find_mac(struct bytes name);

/* The name as a static string; NULL: we lack it. */
const char *algorithms_name(enum algorithms_category category, struct bytes name);

/* All names of the category that we have; and those we offer by default. */
struct bytes algorithms_supported(enum algorithms_category category);
struct bytes algorithms_default(enum algorithms_category category);

/* Applies a user's list to the default of the category: "a,b" replaces, "+a" appends, "-a*" removes by pattern, "^a"
 * puts in front; patterns may use * and ?. Names that OpenSSH has and we lack are skipped; any other unknown name is
 * ERR_UNSUPPORTED (`bad` is then the first). ERR_BAD_VALUE: nothing is left. The previous content of `out` stays. */
NODISCARD enum err algorithms_wish(enum algorithms_category category, struct bytes spec,
                                   struct buf *out, struct bytes *bad);

/* Appends the message about a list that algorithms_wish refused: the sentence of ssh and sshd, and the reason. On one
 * line, escaped. */
NODISCARD enum err algorithms_complain(enum algorithms_category category, struct bytes spec,
                                       struct bytes bad, struct buf *out);

struct algorithms_lacking {
    const char *name;
    const char *why; /* half a sentence */
};

/* Cuts a user's list after the next name that algorithms_wish skips, and returns that; NULL at the end of the list. */
const struct algorithms_lacking *algorithms_next_lacking(enum algorithms_category category,
                                                         struct bytes *spec);
