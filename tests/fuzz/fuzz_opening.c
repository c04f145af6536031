/* SPDX-License-Identifier: BSD-2-Clause */
/* A judgement is final: with more octets behind them, bad ones stay bad and whole ones whole. And it is the
 * machines': what they would refuse is refused, what they would take is whole exactly when they have it. */
#include "admission/opening.h"
#include "fuzz/fuzz.h"
#include "ssh/transport/ident.h"
#include "ssh/transport/opener.h"

static bool may_be_first(struct bytes payload)
{
    uint8_t message = payload.data[0];
    return (message >= 1 && message <= 4) || message == 20;
}

static enum opening judge_by_opener(struct span in)
{
    struct opener opener;
    struct bytes payload;
    size_t used;
    opener_init(&opener);
    if (opener_open(&opener, in, &payload, &used) != OK)
        return OPENING_BAD_PACKET;
    if (used == 0)
        return OPENING_NAMED;
    return may_be_first(payload) ? OPENING_WHOLE : OPENING_BAD_PACKET;
}

static enum opening judge_by_machines(struct span in)
{
    struct ident ident;
    size_t used;
    ident_init(&ident, ROLE_SERVER, "test", NULL);
    enum err err = ident_feed(&ident, bytes_span(in), &used);
    if (err != OK)
        return err == ERR_BAD_VERSION ? OPENING_BAD_VERSION : OPENING_BAD_LINE;
    return ident_is_done(&ident) ? judge_by_opener(bytes_span_skip(in, used)) : OPENING_SILENT;
}

static enum opening judge(struct bytes first)
{
    struct span head = fuzz_copy(bytes_slice(first, 0, OPENING_HEAD_MAX));
    enum opening opening = opening_of(bytes_span(head), first.len);
    free(head.data);
    return opening;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span copy = fuzz_copy(bytes_of(data, size));
    enum opening before = OPENING_SILENT;
    for (size_t len = 0; len <= size; len += 1 + len / 64) {
        enum opening now = judge(bytes_of(copy.data, len));
        CHECK(before < OPENING_WHOLE ? now >= before : now == before);
        before = now;
    }
    enum opening judged = judge(bytes_span(copy)), machines = judge_by_machines(copy);
    /* Here a bad padding or message is seen before the packet is whole. */
    CHECK(judged == machines || (judged == OPENING_BAD_PACKET && machines == OPENING_NAMED));
    free(copy.data);
    return 0;
}
