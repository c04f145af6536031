/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/include.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char seen[256];     /* what was read, one after another */
static unsigned max_count; /* files of any pattern but "none", "secret" and "unsafe" */

static enum config_source_result give(void *context, const char *pattern, size_t index,
                                      struct buf *name, struct buf *content)
{
    (void)context;
    if (strcmp(pattern, "secret") == 0) {
        assert_int_equal(buf_append_text(name, "secret: no\033"), OK);
        return CONFIG_SOURCE_FAILED;
    }
    if (strcmp(pattern, "unsafe") == 0) {
        assert_int_equal(buf_append_text(name, "/unsafe"), OK);
        return CONFIG_SOURCE_UNSAFE;
    }
    if (strcmp(pattern, "none") == 0 || index >= max_count)
        return CONFIG_SOURCE_END;
    assert_int_equal(buf_format(name, "%s%zu", pattern, index), OK);
    assert_int_equal(buf_append_text(content, "text"), OK);
    return CONFIG_SOURCE_FILE;
}

static const struct config_source source = { give, NULL };

static void note(void *context, const char *name, struct bytes content)
{
    size_t *count = context;
    size_t len = strlen(seen);
    ++*count;
    assert_true(bytes_is(content, "text"));
    if (len < sizeof(seen) - 32)
        (void)snprintf(seen + len, sizeof(seen) - len, "%s ", name);
}

struct run {
    struct include include;
    size_t files_left, count;
    char problems[256];
};

static enum err follow(struct run *run, const char *arguments)
{
    scoped(buf) problems = BUF_EMPTY(PLACE_KEPT);
    const struct place place = { "file", 3, &problems };
    *seen = '\0';
    run->count = 0;
    run->include.files_left = &run->files_left;
    enum err err = include_follow(&run->include, bytes_text(arguments), &place, note, &run->count);
    (void)snprintf(run->problems, sizeof(run->problems), "%s", buf_text(&problems));
    assert_int_equal(err == OK, buf_len(&problems) == 0);
    return err;
}

static struct run outermost(void)
{
    return (struct run){ .include = { .source = &source }, .files_left = INCLUDE_FILES };
}

static void files_are_read_in_the_order_of_the_line(void **state)
{
    (void)state;
    struct run run = outermost();
    assert_int_equal(follow(&run, "b none \"a b\" 'c' # d"), OK);
    assert_string_equal(seen, "b0 b1 a b0 a b1 c0 c1 ");
    assert_int_equal(run.files_left, INCLUDE_FILES - 6);
}

static void a_line_without_a_file_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *problem, *seen;
    } cases[] = {
        { "", "no argument after keyword \"include\"", "" },
        { "# a", "no argument after keyword \"include\"", "" },
        { "a \"\"", "keyword include empty argument", "a0 a1 " },
        { "a \"b", "invalid quotes", "a0 a1 " },
        { "\"a", "invalid quotes", "" },
        { "a secret b", "Can't open secret: no\\x1b", "a0 a1 " },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char wanted[128];
        struct run run = outermost();
        assert_int_equal(follow(&run, cases[i].arguments), ERR_BAD_VALUE);
        (void)snprintf(wanted, sizeof(wanted), "file line 3: %s\n", cases[i].problem);
        assert_string_equal(run.problems, wanted);
        assert_string_equal(seen, cases[i].seen);
    }
}

static void a_file_of_somebody_else_is_named_and_not_read(void **state)
{
    (void)state;
    struct run run = outermost();
    assert_int_equal(follow(&run, "a unsafe b"), ERR_BAD_VALUE);
    assert_string_equal(run.problems, "Bad owner or permissions on /unsafe\n");
    assert_string_equal(seen, "a0 a1 ");
}

static void files_within_files_have_an_end(void **state)
{
    (void)state;
    struct run run = outermost();
    run.include.depth = INCLUDE_DEPTH - 1;
    assert_int_equal(follow(&run, "a"), OK);
    run.include.depth++;
    assert_int_equal(follow(&run, "a"), ERR_BAD_VALUE);
    assert_string_equal(run.problems, "file line 3: Too many recursive configuration includes\n");
    run = outermost();
    run.include.source = NULL;
    assert_int_equal(follow(&run, "a"), ERR_BAD_VALUE);
    assert_string_equal(run.problems, "file line 3: Too many recursive configuration includes\n");
    assert_int_equal(run.count, 0);
}

static void no_more_files_than_may_be_are_read(void **state)
{
    (void)state;
    struct run run = outermost();
    max_count = INCLUDE_FILES + 1;
    assert_int_equal(follow(&run, "a"), ERR_BAD_VALUE);
    max_count = 2;
    assert_string_equal(run.problems, "file line 3: Too many configuration includes\n");
    assert_int_equal(run.count, INCLUDE_FILES);
    assert_int_equal(run.files_left, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_in_the_order_of_the_line),
        cmocka_unit_test(a_line_without_a_file_is_wrong),
        cmocka_unit_test(a_file_of_somebody_else_is_named_and_not_read),
        cmocka_unit_test(files_within_files_have_an_end),
        cmocka_unit_test(no_more_files_than_may_be_are_read),
    };
    max_count = 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
