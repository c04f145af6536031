/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/admittance.h"

#include "config/server_options.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct world {
    struct server_options options;
    struct admittance *admittance;
};

static void start(struct world *w, const char *configuration)
{
    server_options_init(&w->options);
    assert_int_equal(server_options_parse(&w->options, "config", bytes_text(configuration), NULL),
                     OK);
    assert_int_equal(server_options_finish(&w->options, "/home/me", "/"), OK);
    w->admittance = admittance_new(&w->options);
}

static void stop(struct world *w)
{
    admittance_free(w->admittance);
    server_options_wipe(&w->options);
}

/* 192.0.2.last */
static struct admittance_visitor from(uint8_t last)
{
    struct sockaddr_storage address = { 0 };
    struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(50000);
    v4->sin_addr.s_addr = htonl(0xc0000200u + last);
    return admittance_visitor_of(&address);
}

static enum admittance_verdict ask(struct world *w, uint8_t last, const char *expected)
{
    const char *reason = NULL;
    const struct admittance_visitor visitor = from(last);
    enum admittance_verdict verdict = admittance_ask(w->admittance, &visitor, 0, &reason);
    if (verdict != ADMITTANCE_GRANTED)
        assert_string_equal(reason, expected);
    return verdict;
}

static void a_visitor_has_its_address(void **state)
{
    (void)state;
    struct admittance_visitor visitor = from(7);
    assert_string_equal(visitor.peer.address, "192.0.2.7");
    assert_int_equal(visitor.peer.port, 50000);
    assert_int_equal(visitor.source.len, SOURCE_V4_LEN);
    const struct sockaddr_storage nobody = { .ss_family = AF_UNSPEC };
    assert_int_equal(admittance_visitor_of(&nobody).source.len, 0);
}

static void too_many_startups_are_turned_away(void **state)
{
    (void)state;
    struct world w;
    const char *reason;
    struct admittance_visitor visitor = from(1);
    start(&w, "MaxStartups 2:100:4\n");
    assert_int_equal(admittance_ask(w.admittance, &visitor, 1, &reason), ADMITTANCE_GRANTED);
    assert_int_equal(admittance_ask(w.admittance, &visitor, 2, &reason), ADMITTANCE_TOO_MANY);
    assert_string_equal(reason, "past MaxStartups");
    stop(&w);
}

static void a_source_may_have_so_many_and_no_more(void **state)
{
    (void)state;
    struct world w;
    start(&w, "PerSourceMaxStartups 2\nPerSourceNetBlockSize 31\n");
    const struct admittance_visitor one = from(2), neighbour = from(3);
    admittance_enter(w.admittance, &one);
    assert_int_equal(ask(&w, 2, ""), ADMITTANCE_GRANTED);
    admittance_enter(w.admittance, &neighbour);
    assert_int_equal(ask(&w, 2, "past PerSourceMaxStartups"), ADMITTANCE_CROWDED);
    assert_int_equal(ask(&w, 3, "past PerSourceMaxStartups"), ADMITTANCE_CROWDED);
    assert_int_equal(ask(&w, 4, ""), ADMITTANCE_GRANTED);
    admittance_leave(w.admittance, &one);
    assert_int_equal(ask(&w, 3, ""), ADMITTANCE_GRANTED);
    stop(&w);
}

static void each_bad_end_has_its_penalty(void **state)
{
    (void)state;
    static const struct {
        enum outcome outcome;
        const char *reason; /* NULL: none */
    } cases[] = {
        { OUTCOME_GOOD, NULL },
        { OUTCOME_NO_ATTEMPT, "penalty: connections without attempting authentication" },
        { OUTCOME_GRACE_EXCEEDED, "penalty: exceeded LoginGraceTime" },
        { OUTCOME_CRASH, "penalty: caused crash" },
        { OUTCOME_FAILED_LOGIN, "penalty: failed authentication" },
        { OUTCOME_INVALID_USER, "penalty: attempted authentication by invalid user" },
        { (enum outcome)255, NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world w;
        const struct admittance_visitor bad = from(1);
        start(
            &w,
            "PerSourcePenalties crash:20 authfail:20 noauth:20 invaliduser:20 grace-exceeded:20\n");
        admittance_judge(w.admittance, &bad, cases[i].outcome);
        assert_int_equal(ask(&w, 1, cases[i].reason),
                         cases[i].reason ? ADMITTANCE_PENALTY : ADMITTANCE_GRANTED);
        assert_int_equal(ask(&w, 2, ""), ADMITTANCE_GRANTED);
        stop(&w);
    }
}

static void penalties_may_be_switched_off_or_spare_somebody(void **state)
{
    (void)state;
    static const char *const configurations[] = {
        "PerSourcePenalties no\n",
        "PerSourcePenaltyExemptList 192.0.2.0/24\n",
    };
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        const struct admittance_visitor bad = from(1);
        start(&w, configurations[i]);
        admittance_judge(w.admittance, &bad, OUTCOME_CRASH);
        assert_int_equal(ask(&w, 1, ""), ADMITTANCE_GRANTED);
        stop(&w);
    }
    admittance_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visitor_has_its_address),
        cmocka_unit_test(too_many_startups_are_turned_away),
        cmocka_unit_test(a_source_may_have_so_many_and_no_more),
        cmocka_unit_test(each_bad_end_has_its_penalty),
        cmocka_unit_test(penalties_may_be_switched_off_or_spare_somebody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
