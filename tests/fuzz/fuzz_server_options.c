/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever a file says, it is either taken without a word or refused with one; and what was taken can be
 * finished or refused, and printed. */
#include "config/server_options.h"
#include "fuzz/fuzz.h"

enum { ROOM = 4 * 1024 * 1024 };

/* What was taken whole can be taken for anybody. */
static void resolve(const struct server_options *options)
{
    const char *const groups[] = { "a" };
    const struct server_match_subject subject = { .user = "a",
                                                  .groups = groups,
                                                  .group_count = 1,
                                                  .host = "a",
                                                  .address = "192.0.2.1",
                                                  .local_address = "::1",
                                                  .local_port = 22 };
    struct server_options *own = server_options_new();
    CHECK(server_options_resolve(options, &subject, own) == OK);
    server_options_free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct server_options options;
    server_options_init(&options);
    struct bytes content = bytes_of(data, size < 65536 ? size : 65536);
    enum err err = server_options_parse(&options, "file", content, NULL);
    CHECK((err == OK) == (buf_len(&options.problems) == 0));
    if (err == OK && server_options_finish(&options, "/home/user", "/") == OK) {
        scoped(buf) text = BUF_EMPTY(ROOM);
        CHECK(options.listen_count > 0);
        CHECK(server_options_print(&options, &text) == OK);
        resolve(&options);
    }
    server_options_wipe(&options);
    return 0;
}
