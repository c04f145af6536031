/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/equal.h"

/* Volatile, or the compiler may return at the first difference. */
bool equal_secret(struct bytes a, struct bytes b)
{
    const volatile uint8_t *left = a.data, *right = b.data;
    unsigned difference = 0;
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        difference |= left[i] ^ right[i];
    return difference == 0;
}
