/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/source_table.h"

#include "sources.h"

enum { SIZE = 50, KINDS = 120 };

static struct source kind(size_t i)
{
    return i % 2 ? v4(10, 0, 0, (unsigned)i) : v6(0, 0, (unsigned)i);
}

/* Against a list of what must be in it, in an order that only looks random. */
static void it_has_what_was_added_and_not_removed(void **state)
{
    (void)state;
    struct source_table *t = source_table_new(SIZE, 7);
    bool is_in[KINDS] = { false };
    size_t number, count = 0;
    for (size_t step = 0, i = 1; step < 20000; step++, i = (i * 31 + step) % KINDS) {
        struct source source = kind(i);
        assert_int_equal(source_table_find(t, &source, &number), is_in[i]);
        if (is_in[i]) {
            assert_true(source_equal(source_table_at(t, number), &source));
            source_table_remove(t, number);
            is_in[i] = false;
            count--;
        } else if (count < SIZE) {
            number = source_table_add(t, &source);
            assert_true(number < SIZE);
            is_in[i] = true;
            count++;
        }
        assert_int_equal(source_table_count(t), count);
    }
    source_table_free(t);
}

static void numbers_are_of_one_source_each(void **state)
{
    (void)state;
    struct source_table *t = source_table_new(SIZE, 8);
    bool is_taken[SIZE] = { false };
    for (size_t i = 0; i < SIZE; i++) {
        struct source source = kind(i);
        size_t number = source_table_add(t, &source);
        assert_false(is_taken[number]);
        is_taken[number] = true;
    }
    source_table_free(t);
    source_table_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_what_was_added_and_not_removed),
        cmocka_unit_test(numbers_are_of_one_source_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
