/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/flow_move.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* RFC 9293 figure 5, once more and by hand: what is not here leads nowhere. */
static const struct {
    enum flow_cause cause;
    enum flow_state from, to;
} figure[] = {
    { FLOW_CAUSE_OPEN, FLOW_STATE_CLOSED, FLOW_STATE_SYN_SENT },
    { FLOW_CAUSE_SYN, FLOW_STATE_CLOSED, FLOW_STATE_LISTEN },
    { FLOW_CAUSE_ADMITTED, FLOW_STATE_LISTEN, FLOW_STATE_SYN_RECEIVED },
    { FLOW_CAUSE_SYN, FLOW_STATE_SYN_SENT, FLOW_STATE_SYN_RECEIVED },
    { FLOW_CAUSE_SYN_ACK, FLOW_STATE_SYN_SENT, FLOW_STATE_ESTABLISHED },
    { FLOW_CAUSE_SYN_ACKED, FLOW_STATE_SYN_RECEIVED, FLOW_STATE_ESTABLISHED },
    { FLOW_CAUSE_SYN_ACKED, FLOW_STATE_CLOSED, FLOW_STATE_ESTABLISHED },
    { FLOW_CAUSE_CLOSE, FLOW_STATE_SYN_SENT, FLOW_STATE_CLOSED },
    { FLOW_CAUSE_CLOSE, FLOW_STATE_LISTEN, FLOW_STATE_CLOSED },
    { FLOW_CAUSE_CLOSE, FLOW_STATE_ESTABLISHED, FLOW_STATE_FIN_WAIT_1 },
    { FLOW_CAUSE_CLOSE, FLOW_STATE_CLOSE_WAIT, FLOW_STATE_LAST_ACK },
    { FLOW_CAUSE_FIN, FLOW_STATE_ESTABLISHED, FLOW_STATE_CLOSE_WAIT },
    { FLOW_CAUSE_FIN, FLOW_STATE_FIN_WAIT_1, FLOW_STATE_CLOSING },
    { FLOW_CAUSE_FIN, FLOW_STATE_FIN_WAIT_2, FLOW_STATE_TIME_WAIT },
    { FLOW_CAUSE_FIN_ACKED, FLOW_STATE_FIN_WAIT_1, FLOW_STATE_FIN_WAIT_2 },
    { FLOW_CAUSE_FIN_ACKED, FLOW_STATE_CLOSING, FLOW_STATE_TIME_WAIT },
    { FLOW_CAUSE_FIN_ACKED, FLOW_STATE_LAST_ACK, FLOW_STATE_CLOSED },
};

static void causes_lead_where_the_figure_says_and_nowhere_else(void **unused)
{
    (void)unused;
    for (int cause = FLOW_CAUSE_OPEN; cause < FLOW_CAUSE_RESET; cause++) {
        for (int from = FLOW_STATE_CLOSED; from <= FLOW_STATE_TIME_WAIT; from++) {
            int expected = -1;
            for (size_t i = 0; i < sizeof(figure) / sizeof(figure[0]); i++) {
                if ((int)figure[i].cause == cause && (int)figure[i].from == from)
                    expected = figure[i].to;
            }
            enum flow_state to;
            bool leads = flow_move_leads(from, cause, &to);
            assert_int_equal(leads, expected >= 0);
            if (leads)
                assert_int_equal(to, expected);
        }
    }
}

static void the_end_can_come_in_every_state(void **unused)
{
    (void)unused;
    for (int cause = FLOW_CAUSE_RESET; cause <= FLOW_CAUSE_REFUSED; cause++) {
        for (int from = FLOW_STATE_CLOSED; from <= FLOW_STATE_TIME_WAIT; from++) {
            enum flow_state to;
            assert_int_equal(flow_move_leads(from, cause, &to), from != FLOW_STATE_CLOSED);
            assert_int_equal(to, FLOW_STATE_CLOSED);
        }
        assert_non_null(flow_move_cause_text(cause));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_lead_where_the_figure_says_and_nowhere_else),
        cmocka_unit_test(the_end_can_come_in_every_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
