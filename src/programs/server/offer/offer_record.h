/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of the records between the listener and the program that knows the algorithms, in their order. */
#pragma once

#include "programs/server/common/offer_names.h"
#include "programs/server/offer/offer.h"

/* OFFER_LISTS has the wishes as its texts; bit i of its number: there is a list i. */

/* OFFER_NAMES. Its numbers are an enum err, which is not OK if the words say what is wrong, and with which wish. */
enum {
    OFFER_RECORD_WORDS,
    OFFER_RECORD_NAMES,
    OFFER_RECORD_USER_KEYS = OFFER_RECORD_NAMES + OFFER_NAMES_COUNT,
    OFFER_RECORD_NAMES_END
};

/* OFFER_GREETING. */
enum { OFFER_RECORD_SOFTWARE, OFFER_RECORD_HOST_KEYS, OFFER_RECORD_OFFERED };

/* OFFER_PREFACE. Its number is where the cookie is. */
enum {
    OFFER_RECORD_PREFACE,
    OFFER_RECORD_POSSIBLE,   /* the names of host key algorithms for which there is a key */
    OFFER_RECORD_BAD_PACKET, /* and what those are sent behind the preface who are turned away */
    OFFER_RECORD_TOO_MANY,
    OFFER_RECORD_REFUSED,
    OFFER_RECORD_PREFACE_END
};
