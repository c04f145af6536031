/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/compressor.h"

#include "base/check.h"

#include <stdlib.h>
#include <zlib.h>

enum { PIECE = 4096 };

struct compressor {
    z_stream stream;
    bool compresses;
};

struct compressor *compressor_new(bool compresses)
{
    struct compressor *c = calloc(1, sizeof(*c));
    CHECK(c != NULL);
    c->compresses = compresses;
    int result =
        compresses ? deflateInit(&c->stream, Z_DEFAULT_COMPRESSION) : inflateInit(&c->stream);
    CHECK(result == Z_OK);
    return c;
}

void compressor_free(struct compressor *c)
{
    if (!c)
        return;
    if (c->compresses)
        (void)deflateEnd(&c->stream);
    else
        (void)inflateEnd(&c->stream);
    free(c);
}

static int step(struct compressor *c)
{
    return c->compresses ? deflate(&c->stream, Z_PARTIAL_FLUSH) : inflate(&c->stream, Z_SYNC_FLUSH);
}

enum err compressor_apply(struct compressor *c, struct bytes in, struct buf *out)
{
    buf_clear(out);
    c->stream.next_in = (Bytef *)(uintptr_t)in.data; /* zlib only reads it */
    c->stream.avail_in = (uInt)in.len;
    do {
        struct span room;
        if (buf_reserve(out, PIECE, &room) != OK)
            return ERR_BAD_COMPRESSION;
        c->stream.next_out = room.data;
        c->stream.avail_out = PIECE;
        int result = step(c);
        if (result != Z_OK && result != Z_BUF_ERROR)
            return ERR_BAD_COMPRESSION;
        buf_commit(out, PIECE - c->stream.avail_out);
    } while (c->stream.avail_out == 0);
    return c->stream.avail_in == 0 ? OK : ERR_BAD_COMPRESSION;
}
