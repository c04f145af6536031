/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct things {
    int count;
    struct option_list names;
};

static const struct option_row rows[] = {
    { .keyword = "Count",
      .kind = OPTION_NUMBER,
      .max = 9,
      .fallback = "7",
      .offset = offsetof(struct things, count) },
    { .keyword = "Name", .kind = OPTION_LIST, .max = 2, .offset = offsetof(struct things, names) },
};
static const struct option_alias aliases[] = { { "Number", "Count" } };
static const struct option_ignored ignored[] = {
    { "Colour", false, "none|1,2", "NONE", "there is none" },
    { "Shape", true, "*", NULL, "there is none" },
};
static const struct option_table table = { rows, 2, aliases, 1, ignored, 2 };

static struct things things;
static struct text_store texts;
static const char *noted[2];
static struct place set_at[2];
static const struct option_target target = { &things, set_at, &texts, NULL, noted };
static struct buf problems;
static const struct place place = { "file", 1, &problems };

static enum err set(const char *keyword, const char *arguments, bool applies)
{
    return option_table_set(&table, &target, bytes_text(keyword), bytes_text(arguments), applies,
                            &place);
}

static int start(void **state)
{
    (void)state;
    things = (struct things){ .count = 0 };
    set_at[0] = set_at[1] = (struct place){ 0 };
    place_init(&problems);
    return 0;
}

static int end(void **state)
{
    (void)state;
    text_store_wipe(&texts);
    buf_wipe(&problems);
    return 0;
}

static void the_first_value_wins(void **state)
{
    (void)state;
    assert_int_equal(set("count", "3", true), OK);
    assert_int_equal(set("COUNT", "4", true), OK);
    assert_int_equal(set("Number", "5", true), OK);
    option_table_defaults(&table, &target);
    assert_int_equal(things.count, 3);
}

static void a_later_value_is_still_checked(void **state)
{
    (void)state;
    assert_int_equal(set("Count", "3", true), OK);
    assert_int_equal(set("Count", "x", true), ERR_BAD_VALUE);
    assert_int_equal(things.count, 3);
}

static void what_does_not_apply_is_only_checked(void **state)
{
    (void)state;
    assert_int_equal(set("Count", "3", false), OK);
    assert_int_equal(set("Name", "a", false), OK);
    assert_int_equal(set("Count", "x", false), ERR_BAD_VALUE);
    assert_int_equal(things.names.count, 0);
    option_table_defaults(&table, &target);
    assert_int_equal(things.count, 7);
}

static void lists_collect_up_to_their_length(void **state)
{
    (void)state;
    assert_int_equal(set("Name", "a", true), OK);
    assert_int_equal(set("Name", "a", true), OK);
    assert_int_equal(set("Name", "\"b c\"", true), OK);
    assert_int_equal(set("Name", "d", true), ERR_BAD_VALUE);
    assert_int_equal(things.names.count, 2);
    assert_string_equal(things.names.items[1], "b c");
}

static void only_harmless_values_are_ignored(void **state)
{
    (void)state;
    assert_int_equal(set("Colour", "NONE", true), OK);
    assert_int_equal(set("colour", "1,2", true), OK);
    assert_int_equal(set("Shape", "anything at all", true), OK);
    assert_int_equal(set("Colour", "1", true), ERR_BAD_VALUE);
    assert_int_equal(set("Colour", "*", true), ERR_BAD_VALUE);
    assert_int_equal(set("Shape", "", true), ERR_BAD_VALUE);
    assert_true(option_table_knows(&table, BYTES_LITERAL("SHAPE")));
    assert_false(option_table_knows(&table, BYTES_LITERAL("Size")));
}

static void the_first_value_without_effect_is_noted(void **state)
{
    (void)state;
    noted[1] = NULL;
    assert_int_equal(set("Shape", "round", false), OK);
    assert_null(noted[1]);
    assert_int_equal(set("Shape", "YES", true), OK);
    assert_int_equal(set("Shape", "no", true), OK);
    assert_int_equal(set("Colour", "none", true), OK);
    assert_string_equal(noted[1], "yes");
    assert_null(noted[0]); /* it has one value in any case */
}

static void every_kind_says_whether_it_collects(void **state)
{
    (void)state;
    assert_true(option_collects(OPTION_LIST) && option_collects(OPTION_PATTERNS));
    assert_true(option_collects(OPTION_PORTS) && option_collects(OPTION_COMMAND));
    assert_false(option_collects(OPTION_WORDS) || option_collects(OPTION_SETTINGS));
}

static void a_failed_line_leaves_the_field_alone(void **state)
{
    (void)state;
    assert_int_equal(set("Name", "a", true), OK);
    assert_int_equal(set("Name", "b c", true), ERR_BAD_VALUE);
    assert_int_equal(things.names.count, 1);
}

static void the_table_is_printed_in_its_order(void **state)
{
    scoped(buf) out = BUF_EMPTY(100);
    (void)state;
    assert_int_equal(option_table_put(&table, &target, "Name", BYTES_LITERAL("b \"c"), &place), OK);
    assert_int_equal(option_table_put(&table, &target, "Count", BYTES_LITERAL("9"), &place), OK);
    assert_int_equal(option_table_print(&table, &things, &out), OK);
    assert_string_equal(buf_text(&out), "count 9\nname b \"c\n");
    struct buf small = BUF_EMPTY(10);
    assert_int_equal(option_table_print(&table, &things, &small), ERR_NO_SPACE);
    buf_wipe(&small);
}

static void the_place_of_the_first_line_that_applies_is_kept(void **state)
{
    (void)state;
    char file[] = "one";
    struct place at = { file, 3, &problems };
    assert_int_equal(
        option_table_set(&table, &target, BYTES_LITERAL("Count"), BYTES_LITERAL("1"), false, &at),
        OK);
    assert_null(set_at[0].file);
    at.line = 4;
    assert_int_equal(
        option_table_set(&table, &target, BYTES_LITERAL("Number"), BYTES_LITERAL("2"), true, &at),
        OK);
    file[0] = 'x'; /* it was not ours */
    assert_int_equal(set("Count", "3", true), OK);
    assert_string_equal(set_at[0].file, "one");
    assert_int_equal(set_at[0].line, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_value_wins, start, end),
        cmocka_unit_test_setup_teardown(a_later_value_is_still_checked, start, end),
        cmocka_unit_test_setup_teardown(what_does_not_apply_is_only_checked, start, end),
        cmocka_unit_test_setup_teardown(lists_collect_up_to_their_length, start, end),
        cmocka_unit_test_setup_teardown(only_harmless_values_are_ignored, start, end),
        cmocka_unit_test_setup_teardown(the_first_value_without_effect_is_noted, start, end),
        cmocka_unit_test_setup_teardown(every_kind_says_whether_it_collects, start, end),
        cmocka_unit_test_setup_teardown(a_failed_line_leaves_the_field_alone, start, end),
        cmocka_unit_test_setup_teardown(the_table_is_printed_in_its_order, start, end),
        cmocka_unit_test_setup_teardown(the_place_of_the_first_line_that_applies_is_kept, start,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
