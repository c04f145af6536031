/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/pcapng.h"

#include "lab/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static uint32_t u32(struct bytes b, size_t at)
{
    assert_true(at + 4 <= b.len);
    return b.data[at] | b.data[at + 1] << 8 | b.data[at + 2] << 16 | (uint32_t)b.data[at + 3] << 24;
}

static void blocks_follow_each_other_and_have_their_packets(void **unused)
{
    (void)unused;
    struct scenario_options options = scenario_defaults();
    struct story story;
    scoped(buf) out = BUF_EMPTY(1024 * 1024);
    scenario_run("plain", &options, &story);
    assert_int_equal(pcapng_write(&story, &out), OK);
    struct bytes file = buf_bytes(&out);
    size_t at = 0, packets = 0;
    for (size_t block = 0; at < file.len; block++) {
        uint32_t type = u32(file, at), len = u32(file, at + 4);
        assert_int_equal(type, block == 0 ? 0x0a0d0d0a : block == 1 ? 1 : 6);
        assert_int_equal(len % 4, 0);
        assert_int_equal(u32(file, at + len - 4), len);
        if (type == 6) {
            const struct story_segment *s = &story.segments[packets++];
            struct bytes octets = story_octets(&story, s);
            assert_int_equal(u32(file, at + 20), octets.len);
            assert_int_equal(u32(file, at + 24), octets.len);
            assert_memory_equal(file.data + at + 28, octets.data, octets.len);
        }
        at += len;
    }
    assert_int_equal(at, file.len);
    assert_int_equal(packets, story.segment_count);
    story_wipe(&story);
}

static void what_does_not_fit_is_said(void **unused)
{
    (void)unused;
    struct scenario_options options = scenario_defaults();
    struct story story;
    scoped(buf) out = BUF_EMPTY(1000);
    scenario_run("plain", &options, &story);
    assert_int_equal(pcapng_write(&story, &out), ERR_NO_SPACE);
    story_wipe(&story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_follow_each_other_and_have_their_packets),
        cmocka_unit_test(what_does_not_fit_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
