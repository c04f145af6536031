/* SPDX-License-Identifier: BSD-2-Clause */
/* How the stream is cut does not matter: octet by octet and all at once give the same lines, the same end
 * and the same answer. */
#include "fuzz/fuzz.h"
#include "ssh/transport/ident.h"

enum { ROOM = 1024 * 1024 };

struct outcome {
    enum err err;
    size_t used;
    struct buf lines, output;
};

static void listen(struct bytes in, enum role role, size_t chunk, struct outcome *out)
{
    struct ident m;
    struct ident_event event;
    ident_init(&m, role, "test", NULL);
    buf_init(&out->lines, ROOM);
    buf_init(&out->output, ROOM);
    while (out->err == OK && out->used < in.len && !ident_is_done(&m)) {
        size_t used = 0;
        out->err = ident_feed(&m, bytes_slice(in, out->used, chunk), &used);
        out->used += used;
        while (ident_next(&m, &event))
            CHECK(buf_append(&out->lines, event.line) == OK &&
                  buf_append_text(&out->lines, "\n") == OK);
    }
    CHECK(buf_append(&out->output, ident_output(&m)) == OK);
    CHECK(ident_is_done(&m) == (ident_peer(&m).len > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size < 65536 ? size : 65536);
    enum role role = fuzz_choice(&in, 2) ? ROLE_SERVER : ROLE_CLIENT;
    struct outcome whole = { 0 }, cut = { 0 };
    listen(in, role, ROOM, &whole);
    listen(in, role, 1, &cut);
    CHECK(whole.err == cut.err);
    CHECK(bytes_equal(buf_bytes(&whole.lines), buf_bytes(&cut.lines)));
    CHECK(bytes_equal(buf_bytes(&whole.output), buf_bytes(&cut.output)));
    buf_wipe(&whole.lines);
    buf_wipe(&whole.output);
    buf_wipe(&cut.lines);
    buf_wipe(&cut.output);
    (void)ident_diagnose(in);
    return 0;
}
