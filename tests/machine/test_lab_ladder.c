/* SPDX-License-Identifier: BSD-2-Clause */
/* Each scenario is a test: its ladder is the one in tests/vectors/lab/. When behaviour changes on purpose, look at
 * what glassh-lab shows, and keep it there: glassh-lab NAME > tests/vectors/lab/NAME.txt */
#include "lab/lab_ladder.h"
#include "lab/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 16 * 1024 * 1024 };

static char *golden(const char *name, const char *suffix)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/lab/%s%s.txt", TEST_DATA, name, suffix);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, TEXT_MAX);
    assert_non_null(text);
    size_t len = fread(text, 1, TEXT_MAX - 1, file);
    assert_true(len > 0);
    (void)fclose(file);
    return text;
}

static void tell(const char *name, const struct scenario_options *options,
                 enum lab_ladder_form form, struct buf *text)
{
    struct story story;
    scenario_run(name, options, &story);
    assert_int_equal(lab_ladder_write(&story, form, text), OK);
    story_wipe(&story);
}

static void compare(const char *name, enum lab_ladder_form form, const char *suffix)
{
    struct scenario_options options = scenario_defaults();
    scoped(buf) text = BUF_EMPTY(TEXT_MAX);
    tell(name, &options, form, &text);
    char *expected = golden(name, suffix);
    if (strcmp(expected, buf_text(&text)) != 0)
        print_error("%s is told differently:\n%s", name, buf_text(&text));
    assert_string_equal(expected, buf_text(&text));
    free(expected);
}

static void every_scenario_happens_as_it_is_written(void **unused)
{
    (void)unused;
    struct scenario s;
    for (size_t i = 0; scenario_at(i, &s); i++)
        compare(s.name, LAB_LADDER_UNICODE, "");
}

static void a_terminal_without_unicode_has_a_ladder_too(void **unused)
{
    (void)unused;
    struct scenario s;
    compare("plain", LAB_LADDER_ASCII, ".ascii");
    for (size_t i = 0; scenario_at(i, &s); i++) {
        struct scenario_options options = scenario_defaults();
        scoped(buf) text = BUF_EMPTY(TEXT_MAX);
        tell(s.name, &options, LAB_LADDER_ASCII, &text);
        for (const char *at = buf_text(&text); *at; at++)
            assert_true(*at == '\n' || (*at >= ' ' && *at <= '~'));
    }
}

/* What is no ASCII is drawn by us and takes one cell each. */
static size_t cells(struct bytes line)
{
    size_t count = 0;
    for (size_t i = 0; i < line.len; i++)
        count += (line.data[i] & 0xc0) != 0x80;
    return count;
}

static void no_line_is_longer_than_80_cells(void **unused)
{
    (void)unused;
    struct scenario s;
    for (size_t i = 0; scenario_at(i, &s); i++) {
        for (uint64_t seed = 2; seed < 4; seed++) {
            struct scenario_options options = scenario_defaults();
            options.seed = seed;
            options.version = 6;
            options.jitter_us = 3000;
            scoped(buf) text = BUF_EMPTY(TEXT_MAX);
            tell(s.name, &options, LAB_LADDER_UNICODE, &text);
            struct bytes rest = buf_bytes(&text);
            while (rest.len > 0) {
                struct bytes line = bytes_cut(&rest, '\n');
                if (cells(line) > 80)
                    print_error("%s: %.*s\n", s.name, (int)line.len, (const char *)line.data);
                assert_true(cells(line) <= 80);
            }
        }
    }
}

static void the_same_seed_tells_the_same_story_and_another_one_does_not(void **unused)
{
    (void)unused;
    struct scenario_options options = scenario_defaults();
    scoped(buf) first = BUF_EMPTY(TEXT_MAX);
    scoped(buf) second = BUF_EMPTY(TEXT_MAX);
    scoped(buf) other = BUF_EMPTY(TEXT_MAX);
    tell("bulk", &options, LAB_LADDER_ASCII, &first);
    tell("bulk", &options, LAB_LADDER_ASCII, &second);
    options.seed = 2;
    tell("bulk", &options, LAB_LADDER_ASCII, &other);
    assert_string_equal(buf_text(&first), buf_text(&second));
    assert_string_not_equal(buf_text(&first), buf_text(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_happens_as_it_is_written),
        cmocka_unit_test(a_terminal_without_unicode_has_a_ladder_too),
        cmocka_unit_test(no_line_is_longer_than_80_cells),
        cmocka_unit_test(the_same_seed_tells_the_same_story_and_another_one_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
