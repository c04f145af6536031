/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/heap.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { LARGE = 256 * 1024, DEEP = 64 * 1024 };

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

__attribute__((noinline)) static void use_much_stack(void)
{
    volatile char room[DEEP];
    for (size_t i = 0; i < sizeof(room); i++)
        room[i] = 'x';
}

static void what_is_allocated_behind_filled_holes_lies_together(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* it is not glibc's heap then */
#endif
    enum { COUNT = 64, SIZE = 512 };
    char *pieces[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        pieces[i] = malloc(SIZE);
    for (size_t i = 0; i < COUNT; i += 2)
        free(pieces[i]);
    heap_fill_holes();
    for (size_t i = 0; i < COUNT; i += 2) {
        pieces[i] = malloc(SIZE);
        assert_true(pieces[i] > pieces[COUNT - 1]);
    }
    for (size_t i = 0; i < COUNT; i++)
        free(pieces[i]);
}

static size_t resident_below(const char *here)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char pages[DEEP / 4096] = { 0 };
    size_t count = 0;
    char *start = (char *)((uintptr_t)here / page * page - 2 * page - DEEP / 2);
    assert_int_equal(mincore(start, DEEP / 2, pages), 0);
    for (size_t i = 0; i < DEEP / 2 / page; i++)
        count += pages[i] & 1;
    return count;
}

static void who_rests_has_no_more_stack_than_is_used(void **state)
{
    (void)state;
    char here = 0;
    use_much_stack();
    assert_true(resident_below(&here) > 0);
    heap_rest();
    assert_int_equal(resident_below(&here), 0);
    use_much_stack();
    assert_true(resident_below(&here) > 0);
}

static void who_rests_keeps_what_is_on_the_heap(void **state)
{
    (void)state;
    char *kept[8];
    for (size_t i = 0; i < 8; i++) {
        kept[i] = malloc(DEEP / 2);
        assert_non_null(kept[i]);
        memset(kept[i], (int)i, DEEP / 2);
    }
    for (size_t i = 0; i < 8; i += 2)
        free(kept[i]);
    heap_rest();
    for (size_t i = 1; i < 8; i += 2) {
        assert_int_equal(kept[i][0], i);
        assert_memory_equal(kept[i], kept[i] + 1, DEEP / 2 - 1);
        free(kept[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_buffers_leave_nothing_behind),
        cmocka_unit_test(what_is_allocated_behind_filled_holes_lies_together),
        cmocka_unit_test(who_rests_has_no_more_stack_than_is_used),
        cmocka_unit_test(who_rests_keeps_what_is_on_the_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
