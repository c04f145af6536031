/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/plan.h"

#include "lab/reason.h"
#include "lab/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static struct story story;

static void run(const char *name)
{
    struct scenario_options options = scenario_defaults();
    scenario_run(name, &options, &story);
}

static void a_segment_that_meets_none_is_one_row_and_one_that_does_is_two(void **unused)
{
    (void)unused;
    struct plan_row row;
    size_t whole = 0, leaves = 0, comes = 0;
    run("plain");
    for (struct plan p = plan_of(&story); plan_next(&p, &row);)
        whole += row.kind == PLAN_WHOLE;
    assert_int_equal(whole, story.segment_count);
    story_wipe(&story);

    run("simultaneous-open");
    for (struct plan p = plan_of(&story); plan_next(&p, &row);) {
        leaves += row.kind == PLAN_LEAVES;
        comes += row.kind == PLAN_COMES;
        assert_true(row.kind != PLAN_WHOLE);
    }
    assert_int_equal(leaves, story.segment_count);
    assert_int_equal(comes, story.segment_count);
    story_wipe(&story);
}

static void what_is_not_told_one_by_one_is_counted(void **unused)
{
    (void)unused;
    static const char *const names[] = { "bulk", "ecn", "zero-window", "mtu-black-hole" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct plan_row row;
        uint64_t octets = 0, all = 0;
        size_t segments = 0, rows = 0;
        run(names[i]);
        for (size_t j = 0; j < story.segment_count; j++)
            all += story.segments[j].tcp.payload.len;
        for (struct plan p = plan_of(&story); plan_next(&p, &row); rows++) {
            octets += row.octets;
            segments += row.data_segments + row.acks;
            if (row.kind == PLAN_WHOLE) {
                octets += row.segment->tcp.payload.len;
                segments++;
            }
        }
        assert_int_equal(segments, story.segment_count);
        assert_int_equal(octets, all);
        assert_true(rows < 300);
        story_wipe(&story);
    }
}

static void a_long_story_is_told_in_short_whatever_its_scenario(void **unused)
{
    (void)unused;
    struct scenario_options options = scenario_defaults();
    struct plan_row row;
    size_t rows = 0;
    options.bytes = 2000000;
    scenario_run("plain", &options, &story);
    assert_true(story.segment_count > 1000);
    for (struct plan p = plan_of(&story); plan_next(&p, &row);)
        rows++;
    assert_in_range(rows, 20, 200);
    story_wipe(&story);
}

/* "x=1447226464 …": the sentence about the number that the end has chosen. */
static bool has_sentence(const struct story_segment *s, const char *part)
{
    char sentences[REASON_MAX][REASON_TEXT];
    size_t count = reason_sentences(&story, s, sentences);
    for (size_t i = 0; i < count; i++) {
        if (strstr(sentences[i], part))
            return true;
    }
    return false;
}

static void every_segment_of_every_scenario_has_its_reasons(void **unused)
{
    (void)unused;
    struct scenario scenario;
    for (size_t i = 0; scenario_at(i, &scenario); i++) {
        run(scenario.name);
        for (size_t j = 0; j < story.segment_count; j++) {
            const struct story_segment *s = &story.segments[j];
            assert_true(s->why[0]);
            if (!s->is_injected && s->is_main && s->tcp.flags & TCP_SYN)
                assert_true(has_sentence(s, s->is_again                ? "again"
                                            : strstr(s->why, "cookie") ? "RFC 4987"
                                                                       : "RFC 6528"));
            if (!s->is_injected && s->is_main && s->tcp.flags & TCP_FIN)
                assert_true(has_sentence(s, "The FIN takes the number"));
            assert_int_equal(reason_fate(s) == NULL, s->fate == STORY_ARRIVES && !s->is_marked &&
                                                         s->copies < 2 && !s->is_late);
        }
        story_wipe(&story);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_that_meets_none_is_one_row_and_one_that_does_is_two),
        cmocka_unit_test(what_is_not_told_one_by_one_is_counted),
        cmocka_unit_test(a_long_story_is_told_in_short_whatever_its_scenario),
        cmocka_unit_test(every_segment_of_every_scenario_has_its_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
