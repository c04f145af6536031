/* SPDX-License-Identifier: BSD-2-Clause */
/* What came of what PAM was asked: the number of a PAM_ANSWER. */
#pragma once

enum answer {
    ANSWER_DENIED,
    ANSWER_GRANTED,
    ANSWER_EXPIRED, /* it would be granted, but the password must be changed */
};
