/* SPDX-License-Identifier: BSD-2-Clause */
/* What base/reader.c promises, in ACSL: that it reads nothing but what it was given, and moves as far as it says. */
#pragma once

#include "base/reader.h"

/*@ predicate octets_of(struct bytes b) = b.len == 0 || \valid_read(b.data + (0 .. b.len - 1));
    predicate is_reader(struct reader *r) =
        \valid(r) && r->sink == \null && r->at <= r->all.len && octets_of(r->all);
*/

/*@ requires octets_of(bytes);
    assigns \nothing;
    ensures \result.all == bytes && \result.at == 0 && !\result.is_short && \result.sink == sink;
*/
struct reader reader_over(struct bytes bytes, const struct field_sink *sink);

/*@ requires is_reader(r);
    assigns r->at, r->is_short;
    ensures is_reader(r) && octets_of(\result);
    ensures !r->is_short ==> \result.len == len && r->at == \old(r->at) + len;
    ensures !r->is_short && len > 0 ==> \result.data == r->all.data + \old(r->at);
    ensures r->is_short ==> \result.len == 0 && r->at == \old(r->at);
    ensures !\old(r->is_short) && len <= r->all.len - \old(r->at) ==> !r->is_short;
    ensures \old(r->is_short) ==> r->is_short;
*/
static struct bytes take(struct reader *r, size_t len);

/*@ requires is_reader(r);
    assigns \nothing;
*/
static void tell(const struct reader *r, const char *name, size_t from);

/*@ requires is_reader(r) && len <= 8;
    assigns r->at, r->is_short;
    ensures is_reader(r);
    ensures !r->is_short ==> r->at == \old(r->at) + len;
    ensures !\old(r->is_short) && len <= r->all.len - \old(r->at) ==> !r->is_short;
    ensures \old(r->is_short) ==> r->is_short;
*/
static uint64_t number(struct reader *r, size_t len);

/*@ requires is_reader(r);
    assigns r->at, r->is_short;
    ensures is_reader(r);
    ensures !r->is_short ==> r->at == \old(r->at) + 1;
    ensures !\old(r->is_short) && \old(r->at) < r->all.len ==> !r->is_short;
    ensures \old(r->is_short) ==> r->is_short;
*/
uint8_t reader_u8(struct reader *r, const char *name);

/*@ requires is_reader(r);
    assigns r->at, r->is_short;
    ensures is_reader(r);
    ensures !r->is_short ==> r->at == \old(r->at) + 2;
    ensures \old(r->is_short) ==> r->is_short;
*/
uint16_t reader_u16(struct reader *r, const char *name);

/*@ requires is_reader(r);
    assigns r->at, r->is_short;
    ensures is_reader(r);
    ensures !r->is_short ==> r->at == \old(r->at) + 4;
    ensures \old(r->is_short) ==> r->is_short;
*/
uint32_t reader_u32(struct reader *r, const char *name);

/*@ requires is_reader(r);
    assigns r->at, r->is_short;
    ensures is_reader(r) && octets_of(\result);
    ensures !r->is_short ==> \result.len == len && r->at == \old(r->at) + len;
    ensures !r->is_short && len > 0 ==> \result.data == r->all.data + \old(r->at);
    ensures r->is_short ==> \result.len == 0;
    ensures \old(r->is_short) ==> r->is_short;
*/
struct bytes reader_octets(struct reader *r, const char *name, size_t len);

/*@ requires is_reader(r);
    assigns r->at, r->is_short;
    ensures is_reader(r) && octets_of(\result) && \result.len <= r->all.len - \old(r->at);
    ensures !r->is_short && \result.len > 0 ==> \result.data == r->all.data + \old(r->at) &&
                                                \result.len == r->all.len - \old(r->at);
    ensures \old(r->is_short) ==> r->is_short;
*/
struct bytes reader_rest(struct reader *r, const char *name);

/*@ requires is_reader(r);
    assigns \nothing;
    ensures \result <==> !r->is_short && r->at < r->all.len;
*/
bool reader_more(const struct reader *r);

/*@ requires is_reader(r);
    assigns \nothing;
    ensures \result == OK <==> !r->is_short && r->at == r->all.len;
*/
enum err reader_end(const struct reader *r);
