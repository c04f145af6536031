/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes numbers into headers of fixed size, in network order: the counterpart of base/reader where a buf would cost an
 * allocation per packet. Only the writers of wire/ use it, on arrays whose size their headers state. */
#pragma once

#include <stddef.h>
#include <stdint.h>

static inline void put_u16(uint8_t *out, size_t at, uint16_t value)
{
    out[at] = (uint8_t)(value >> 8);
    out[at + 1] = (uint8_t)value;
}

static inline void put_u32(uint8_t *out, size_t at, uint32_t value)
{
    put_u16(out, at, (uint16_t)(value >> 16));
    put_u16(out, at + 2, (uint16_t)value);
}
