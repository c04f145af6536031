/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/heap.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LARGE = 256 * 1024 };

static size_t from_the_heap(void)
{
    return mallinfo2().arena;
}

static void large_buffers_leave_nothing_behind(void **state)
{
    (void)state;
    heap_give_back_large();
    size_t before = from_the_heap();
    for (int i = 0; i < 4; i++) {
        void *volatile buffer = malloc(LARGE);
        assert_non_null(buffer);
        free(buffer);
    }
    assert_true(from_the_heap() < before + LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_buffers_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
