/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of the records between the listener and the program that knows the algorithms, in their order. */
#pragma once

#include "programs/server/common/offer_names.h"
#include "programs/server/offer/offer.h"

/* OFFER_LISTS: the texts are the wishes; bit i of the number: list i is given. */

/* OFFER_NAMES: the numbers are an enum err and, if it is not OK, the wish that is wrong, as the words say. */
enum {
    OFFER_RECORD_WORDS,
    OFFER_RECORD_NAMES,
    OFFER_RECORD_USER_KEYS = OFFER_RECORD_NAMES + OFFER_NAMES_COUNT,
    OFFER_RECORD_NAMES_END
};

/* OFFER_GREETING */
enum { OFFER_RECORD_SOFTWARE, OFFER_RECORD_HOST_KEYS, OFFER_RECORD_OFFERED };

/* OFFER_PREFACE: the number is the offset of the cookie. */
enum {
    OFFER_RECORD_PREFACE,
    OFFER_RECORD_POSSIBLE,   /* the host key algorithms for which there is a key */
    OFFER_RECORD_BAD_PACKET, /* sent after the preface to clients that are turned away */
    OFFER_RECORD_TOO_MANY,
    OFFER_RECORD_REFUSED,
    OFFER_RECORD_PREFACE_END
};
