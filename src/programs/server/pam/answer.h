/* SPDX-License-Identifier: BSD-2-Clause */
/* PAM's answer to a question: the number of a PAM_ANSWER. */
#pragma once

enum answer {
    ANSWER_DENIED,
    ANSWER_GRANTED,
    ANSWER_EXPIRED, /* granted, but the password must be changed first */
};
