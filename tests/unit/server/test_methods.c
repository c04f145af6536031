/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/methods.h"

#include "config/option.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum {
    KEY = 1 << MONITOR_PUBLICKEY,
    PASSWORD = 1 << MONITOR_PASSWORD,
    QUESTIONS = 1 << MONITOR_INTERACTIVE,
    ALL = KEY | PASSWORD | QUESTIONS
};

/* The lists stand with blanks between. */
static void start(struct methods *m, struct option_list *lists, char *text, unsigned offered,
                  const char *device)
{
    *lists = (struct option_list){ .count = 0 };
    for (char *item = strtok(text, " "); item; item = strtok(NULL, " "))
        lists->items[lists->count++] = item;
    methods_init(m, lists, offered, device);
}

static void assert_next(const struct methods *m, const char *names)
{
    scoped(buf) next = BUF_EMPTY(100);
    assert_int_equal(methods_format(m, &next), OK);
    assert_string_equal(buf_text(&next), names);
}

static void any_is_satisfied_with_one(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "any" };
    for (size_t i = 0; i < 2; i++) {
        char text[16];
        struct methods m;
        struct option_list lists;
        start(&m, &lists, strcpy(text, texts[i]), KEY | QUESTIONS, NULL);
        assert_next(&m, "publickey,keyboard-interactive");
        assert_false(methods_allow(&m, MONITOR_PASSWORD) || methods_allow(&m, MONITOR_NONE));
        assert_true(methods_take(&m, MONITOR_PUBLICKEY));
        methods_wipe(&m);
        start(&m, &lists, strcpy(text, texts[i]), 0, NULL);
        assert_next(&m, "");
        methods_wipe(&m);
    }
}

static void a_list_is_done_in_its_order(void **state)
{
    (void)state;
    char text[] = "publickey,password,publickey";
    struct methods m;
    struct option_list lists;
    start(&m, &lists, text, ALL, NULL);
    assert_next(&m, "publickey");
    assert_false(methods_take(&m, MONITOR_PUBLICKEY));
    assert_next(&m, "password");
    assert_false(methods_take(&m, MONITOR_PASSWORD));
    assert_next(&m, "publickey");
    assert_true(methods_take(&m, MONITOR_PUBLICKEY));
    methods_wipe(&m);
}

static void a_list_with_what_is_not_offered_is_no_way(void **state)
{
    (void)state;
    char text[] = "publickey,password keyboard-interactive none hostbased";
    struct methods m;
    struct option_list lists;
    start(&m, &lists, text, KEY | QUESTIONS, NULL);
    assert_next(&m, "keyboard-interactive");
    methods_wipe(&m);
    char other[] = "publickey,password";
    start(&m, &lists, other, KEY | QUESTIONS, NULL);
    assert_next(&m, "");
    methods_wipe(&m);
}

static void a_device_must_be_the_one_that_asks(void **state)
{
    (void)state;
    static const struct {
        const char *list, *device;
        bool is_a_way;
    } cases[] = {
        { "keyboard-interactive:pam", "pam", true },
        { "publickey,keyboard-interactive:pam", "pam", true },
        { "keyboard-interactive", "pam", true },
        { "keyboard-interactive", NULL, true },
        { "keyboard-interactive:pam", NULL, false },
        { "keyboard-interactive:pa", "pam", false },
        { "keyboard-interactive:pamx", "pam", false },
        { "keyboard-interactive:bsdauth", "pam", false },
        { "password:pam", "pam", false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[64];
        struct methods m;
        struct option_list lists;
        start(&m, &lists, strcpy(text, cases[i].list), ALL, cases[i].device);
        scoped(buf) next = BUF_EMPTY(100);
        assert_int_equal(methods_format(&m, &next), OK);
        assert_int_equal(buf_len(&next) > 0, cases[i].is_a_way);
        methods_wipe(&m);
    }
}

/* ---- against a definition: a list is done when it is a subsequence of what was done ---- */

enum { LISTS = 3, LENGTH_MAX = 3, STEPS = 6 };

struct sequence {
    enum monitor_method items[STEPS];
    size_t count;
};

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* How many of the list's first entries are a subsequence. */
static size_t done_of(const struct sequence *list, const struct sequence *done)
{
    size_t matched = 0;
    for (size_t i = 0; i < done->count && matched < list->count; i++)
        matched += done->items[i] == list->items[matched];
    return matched;
}

static void make_lists(uint32_t *seed, struct sequence lists[LISTS], char *text)
{
    *text = '\0';
    for (size_t i = 0; i < LISTS; i++) {
        lists[i].count = 1 + next_random(seed) % LENGTH_MAX;
        for (size_t j = 0; j < lists[i].count; j++) {
            lists[i].items[j] = MONITOR_PUBLICKEY + next_random(seed) % 3;
            strcat(strcat(text, j ? "," : i ? " " : ""), methods_name(lists[i].items[j]));
        }
    }
}

static void check_next(const struct methods *m, const struct sequence lists[LISTS],
                       const struct sequence *done)
{
    for (enum monitor_method method = MONITOR_NONE; method <= MONITOR_INTERACTIVE; method++) {
        bool may = false;
        for (size_t i = 0; i < LISTS; i++)
            may |= lists[i].items[done_of(&lists[i], done)] == method;
        assert_int_equal(methods_allow(m, method), may);
    }
}

static void what_is_left_is_what_the_definition_says(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        char text[400];
        struct sequence wanted[LISTS], done = { .count = 0 };
        struct option_list lists;
        struct methods m;
        make_lists(&seed, wanted, text);
        start(&m, &lists, text, ALL, NULL);
        for (bool is_end = false; !is_end && done.count < STEPS;) {
            check_next(&m, wanted, &done);
            enum monitor_method method = MONITOR_PUBLICKEY + next_random(&seed) % 3;
            if (!methods_allow(&m, method))
                continue;
            done.items[done.count++] = method;
            bool is_satisfied = false;
            for (size_t i = 0; i < LISTS; i++)
                is_satisfied |= done_of(&wanted[i], &done) == wanted[i].count;
            is_end = methods_take(&m, method);
            assert_int_equal(is_end, is_satisfied);
        }
        methods_wipe(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_is_satisfied_with_one),
        cmocka_unit_test(a_list_is_done_in_its_order),
        cmocka_unit_test(a_list_with_what_is_not_offered_is_no_way),
        cmocka_unit_test(a_device_must_be_the_one_that_asks),
        cmocka_unit_test(what_is_left_is_what_the_definition_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
