/* SPDX-License-Identifier: BSD-2-Clause */
/* The "drunken bishop": a walk over a board of 17 by 9 fields, two bits of the digest per step; each field
 * shows how often it was visited. People compare pictures better than letters. */
#include "keys/public_key.h"

#include <stdio.h>

enum { COLUMNS = 17, ROWS = 9 };

static const char AUGMENTATION[] = " .o+=*BOX@%&#/^SE";
enum { START = sizeof(AUGMENTATION) - 3, END, MOST = START - 1 };

struct board {
    uint8_t visits[ROWS][COLUMNS];
    int x, y;
};

static int clamped(int value, int max)
{
    return value < 0 ? 0 : value > max ? max : value;
}

static void step(struct board *b, unsigned two_bits)
{
    b->x = clamped(b->x + (two_bits & 1 ? 1 : -1), COLUMNS - 1);
    b->y = clamped(b->y + (two_bits & 2 ? 1 : -1), ROWS - 1);
    if (b->visits[b->y][b->x] < MOST)
        b->visits[b->y][b->x]++;
}

/* A frame line with a word in its middle. */
static enum err append_frame(struct buf *out, const char *word, int len)
{
    static const char dashes[] = "-----------------";
    int left = (COLUMNS - len) / 2;
    int right = COLUMNS - len - left;
    return buf_format(out, "+%.*s%.*s%.*s+", left, dashes, len, word, right, dashes);
}

static enum err append_board(const struct board *b, struct buf *out)
{
    for (int y = 0; y < ROWS; y++) {
        TRY(buf_append_text(out, "\n|"));
        for (int x = 0; x < COLUMNS; x++)
            TRY(buf_append(out, bytes_of(&AUGMENTATION[b->visits[y][x]], 1)));
        TRY(buf_append_text(out, "|"));
    }
    return buf_append_text(out, "\n");
}

/* "[ED25519 256]", or without the size when that is too long for the frame. */
static int title_of(struct bytes blob, char *title, size_t size)
{
    struct public_key *key;
    const char *name = public_key_short_name(public_key_blob_type(blob));
    unsigned bits = 0;
    if (public_key_decode(blob, &key) == OK) {
        bits = public_key_bits(key);
        public_key_free(key);
    }
    int len = snprintf(title, size, "[%s %u]", name, bits);
    return len <= COLUMNS ? len : snprintf(title, size, "[%s]", name);
}

enum err public_key_randomart(struct bytes blob, struct buf *out)
{
    uint8_t sum[DIGEST_LEN_MAX];
    digest_once(DIGEST_SHA256, blob, sum);
    struct board board = { .x = COLUMNS / 2, .y = ROWS / 2 };
    for (size_t i = 0; i < digest_len(DIGEST_SHA256); i++) {
        for (unsigned shift = 0; shift < 8; shift += 2)
            step(&board, sum[i] >> shift);
    }
    board.visits[ROWS / 2][COLUMNS / 2] = START;
    board.visits[board.y][board.x] = END;

    char title[32];
    int title_len = title_of(blob, title, sizeof(title));
    TRY(append_frame(out, title, title_len));
    TRY(append_board(&board, out));
    TRY(append_frame(out, "[SHA256]", 8));
    return buf_append_text(out, "\n");
}
