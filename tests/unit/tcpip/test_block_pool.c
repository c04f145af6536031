/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/block_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void blocks_are_apart_and_come_back(void **unused)
{
    (void)unused;
    struct block_pool p;
    assert_true(block_pool_init(&p, 13, 3));
    void *blocks[3];
    for (int i = 0; i < 3; i++) {
        blocks[i] = block_pool_take(&p);
        memset(blocks[i], i, 13);
        assert_int_equal((uintptr_t)blocks[i] % sizeof(uint64_t), 0);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(((uint8_t *)blocks[i])[12], i);
    assert_null(block_pool_take(&p));
    block_pool_give(&p, NULL);
    assert_null(block_pool_take(&p));
    block_pool_give(&p, blocks[0]);
    block_pool_give(&p, blocks[2]);
    assert_ptr_equal(block_pool_take(&p), blocks[2]);
    assert_ptr_equal(block_pool_take(&p), blocks[0]);
    assert_null(block_pool_take(&p));
    block_pool_wipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_apart_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
