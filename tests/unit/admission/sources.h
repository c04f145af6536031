/* SPDX-License-Identifier: BSD-2-Clause */
/* Sources for tests: by the numbers of their parts. */
#pragma once

#include "admission/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static inline struct source v4(unsigned a, unsigned b, unsigned c, unsigned d)
{
    const uint8_t octets[] = { (uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d };
    return source_of(bytes_of(octets, sizeof(octets)));
}

/* 2001:db8:a:b::d */
static inline struct source v6(unsigned a, unsigned b, unsigned d)
{
    const uint8_t octets[SOURCE_V6_LEN] = { 0x20, 0x01,       0x0d,
                                            0xb8, 0,          (uint8_t)a,
                                            0,    (uint8_t)b, [15] = (uint8_t)d };
    return source_of(bytes_of(octets, sizeof(octets)));
}
