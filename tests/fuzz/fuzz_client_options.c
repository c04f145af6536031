/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever a file or an option says, it is either taken without a word or refused with one; and what was
 * taken can be printed. */
#include "config/client_options.h"
#include "fuzz/fuzz.h"

enum { ROOM = 4 * 1024 * 1024 };

static enum err read_file(struct client_options *options, struct bytes content)
{
    const struct client_file file = { "file", content, "host.example", NULL };
    return client_options_parse(options, &file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct client_options options;
    client_options_init(&options);
    enum err err = read_file(&options, bytes_of(data, size < 65536 ? size : 65536));
    CHECK((err == OK) == (buf_len(&options.problems) == 0));
    client_options_wipe(&options);

    client_options_init(&options);
    err = client_options_set(&options, bytes_of(data, size < 4096 ? size : 4096));
    CHECK((err == OK) == (buf_len(&options.problems) == 0));
    if (err == OK) {
        client_options_fill(&options);
        scoped(buf) text = BUF_EMPTY(ROOM);
        CHECK(client_options_print(&options, "host.example", &text) == OK);
    }
    client_options_wipe(&options);
    return 0;
}
