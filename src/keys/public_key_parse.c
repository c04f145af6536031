/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/public_key.h"

#include "base/base64.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct bytes next_word(struct bytes *line)
{
    *line = bytes_trim(*line);
    size_t len = 0;
    while (len < line->len && !is_blank(line->data[len]))
        len++;
    struct bytes word = bytes_slice(*line, 0, len);
    *line = bytes_trim(bytes_skip(*line, len));
    return word;
}

enum err public_key_parse_line(struct bytes line, struct bytes *type, struct buf *blob,
                               struct bytes *comment)
{
    size_t before = buf_len(blob);
    while (line.len && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
        line.len--;
    *type = next_word(&line);
    struct bytes text = next_word(&line);
    *comment = line;
    if (type->len == 0 || text.len == 0)
        return ERR_BAD_VALUE;
    TRY(base64_decode(text, blob));
    struct bytes made = bytes_skip(buf_bytes(blob), before);
    if (bytes_equal(public_key_blob_type(made), *type))
        return OK;
    buf_truncate(blob, before);
    return ERR_BAD_VALUE;
}
