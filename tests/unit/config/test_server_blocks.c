/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_blocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_block_holds_where_those_around_it_do(void **state)
{
    (void)state;
    struct server_blocks blocks = { 0 };
    size_t ann = server_blocks_open(&blocks, SERVER_BLOCKS_OUTSIDE, "User ann");
    size_t port = server_blocks_open(&blocks, ann, "LocalPort 22");
    size_t all = server_blocks_open(&blocks, SERVER_BLOCKS_OUTSIDE, "all");
    size_t all_of_ann = server_blocks_open(&blocks, ann, "all");
    const struct server_match_subject at_22 = { .user = "ann", .local_port = 22 };
    const struct server_match_subject at_23 = { .user = "ann", .local_port = 23 };
    const struct server_match_subject bob = { .user = "bob", .local_port = 22 };

    assert_true(server_blocks_fit(&blocks, SERVER_BLOCKS_OUTSIDE, &bob));
    assert_true(server_blocks_fit(&blocks, ann, &at_22));
    assert_true(server_blocks_fit(&blocks, port, &at_22));
    assert_false(server_blocks_fit(&blocks, port, &at_23));
    assert_false(server_blocks_fit(&blocks, port, &bob));
    assert_true(server_blocks_fit(&blocks, all, &bob));
    assert_false(server_blocks_fit(&blocks, all_of_ann, &bob));
    assert_true(server_blocks_are_all(&blocks, all));
    assert_false(server_blocks_are_all(&blocks, all_of_ann));
    server_blocks_wipe(&blocks);
    server_blocks_wipe(&blocks);
}

static void lines_stay_in_order(void **state)
{
    (void)state;
    struct server_blocks blocks = { 0 };
    for (unsigned i = 1; i <= 100; i++) {
        size_t block = server_blocks_open(&blocks, SERVER_BLOCKS_OUTSIDE, "all");
        const struct server_block_line line = { block, "Banner x", { "file", i, NULL } };
        server_blocks_add(&blocks, &line);
    }
    assert_int_equal(blocks.line_count, 100);
    for (unsigned i = 1; i <= 100; i++) {
        assert_int_equal(blocks.lines[i - 1].place.line, i);
        assert_int_equal(blocks.lines[i - 1].block, i);
    }
    server_blocks_wipe(&blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_holds_where_those_around_it_do),
        cmocka_unit_test(lines_stay_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
