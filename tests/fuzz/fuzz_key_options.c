/* SPDX-License-Identifier: BSD-2-Clause */
/* Options that parse only ever take away from what is usual once "restrict" stands among them and nothing
 * gives back; environment names come once. */
#include "fuzz/fuzz.h"
#include "trust/key_options.h"

static void must_have_each_name_once(struct bytes list)
{
    while (list.len) {
        struct bytes first = bytes_cut(&list, 0);
        struct bytes name = bytes_slice(first, 0, bytes_find(first, '='));
        CHECK(name.len > 0 && name.len < first.len);
        for (struct bytes rest = list; rest.len;) {
            struct bytes other = bytes_cut(&rest, 0);
            CHECK(!bytes_equal(name, bytes_slice(other, 0, bytes_find(other, '='))));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes line = bytes_of(data, size);
    struct bytes text;
    struct key_options options;
    key_options_init(&options);
    if (key_options_split(&line, &text) && key_options_parse(&options, text) == OK) {
        CHECK((options.permissions & ~(unsigned)(KEY_OPTIONS_USUAL | KEY_OPTIONS_UNTOUCHED)) == 0);
        CHECK(!options.principals.is_given || options.is_authority);
        must_have_each_name_once(buf_bytes(&options.environment.text));
    }
    key_options_wipe(&options);
    return 0;
}
