/* SPDX-License-Identifier: BSD-2-Clause */
/* The story of a whole SSH connection: the one in tests/vectors/lab/ssh.txt, whatever its keys are
 * (glassh-lab ssh > tests/vectors/lab/ssh.txt). */
#include "programs/lab/ssh_talk.h"

#include "crypto/crypto.h"
#include "lab/lab_ladder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 16 * 1024 * 1024 };

static void a_login_and_a_transfer_happen_as_they_are_written(void **unused)
{
    (void)unused;
    struct scenario_options options = scenario_defaults();
    struct story story;
    scoped(buf) text = BUF_EMPTY(TEXT_MAX);
    ssh_talk_run(&options, &story);
    assert_int_equal(lab_ladder_write(&story, LAB_LADDER_UNICODE, &text), OK);
    story_wipe(&story);
    FILE *file = fopen(TEST_DATA "/lab/ssh.txt", "r");
    assert_non_null(file);
    char *expected = calloc(1, TEXT_MAX);
    assert_non_null(expected);
    assert_true(fread(expected, 1, TEXT_MAX - 1, file) > 0);
    (void)fclose(file);
    if (strcmp(expected, buf_text(&text)) != 0)
        print_error("it is told differently:\n%s", buf_text(&text));
    assert_string_equal(expected, buf_text(&text));
    free(expected);
}

static size_t count(const struct story *story, enum story_kind kind, const char *text)
{
    size_t count = 0;
    for (size_t i = 0; i < story->step_count; i++)
        count += story->steps[i].kind == kind && strstr(story->steps[i].text, text) != NULL;
    return count;
}

/* 200,000 octets there and back over a path that loses every fiftieth packet. */
static void it_comes_to_its_end_over_a_bad_path(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct scenario_options options = scenario_defaults();
        struct story story;
        options.seed = seed;
        options.loss = 20000;
        options.reorder = 20000;
        options.version = 6;
        options.bytes = 200000;
        ssh_talk_run(&options, &story);
        assert_int_equal(count(&story, STORY_MESSAGE, "SUCCESS"),
                         2); /* of the login and of the channel */
        assert_int_equal(count(&story, STORY_MESSAGE, "DISCONNECT"), 1);
        assert_int_equal(count(&story, STORY_NOTE, "the program ended with exit status 0"), 1);
        assert_int_equal(story.states[0], FLOW_STATE_CLOSED);
        story_wipe(&story);
    }
}

static void before_newkeys_nothing_is_sealed_and_behind_it_everything(void **unused)
{
    (void)unused;
    struct scenario_options options = scenario_defaults();
    struct story story;
    bool has_keys[STORY_ENDS] = { false };
    ssh_talk_run(&options, &story);
    for (size_t i = 0; i < story.step_count; i++) {
        const struct story_step *step = &story.steps[i];
        if (step->kind != STORY_MESSAGE)
            continue;
        assert_int_equal(step->is_sealed, has_keys[step->host]);
        has_keys[step->host] |= strcmp(step->text, "NEWKEYS") == 0;
    }
    assert_true(has_keys[0] && has_keys[1]);
    story_wipe(&story);
}

int main(void)
{
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_login_and_a_transfer_happen_as_they_are_written),
        cmocka_unit_test(it_comes_to_its_end_over_a_bad_path),
        cmocka_unit_test(before_newkeys_nothing_is_sealed_and_behind_it_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
