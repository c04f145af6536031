/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/legality.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The phases of tests/vectors/state-table.csv. The three of group exchange have no counterpart. */
static const struct {
    char receiver;
    const char *name;
    enum legality_phase phase;
} phases[] = {
    { 'S', "KI", LEGALITY_KEXINIT },          { 'S', "KX30", LEGALITY_KEX },
    { 'S', "NK", LEGALITY_NEWKEYS },          { 'S', "SV0", LEGALITY_AFTER_NEWKEYS },
    { 'S', "SV1", LEGALITY_SERVICE },         { 'S', "AU", LEGALITY_AUTH_IDLE },
    { 'S', "AK", LEGALITY_AUTH_INTERACTIVE }, { 'S', "CN", LEGALITY_OPEN },
    { 'S', "RX30", LEGALITY_REKEY },          { 'S', "RN", LEGALITY_REKEY_NEWKEYS },
    { 'C', "KI", LEGALITY_KEXINIT },          { 'C', "KX31", LEGALITY_KEX },
    { 'C', "NK", LEGALITY_NEWKEYS },          { 'C', "SV0", LEGALITY_AFTER_NEWKEYS },
    { 'C', "SV1", LEGALITY_SERVICE },         { 'C', "AI", LEGALITY_AUTH_IDLE },
    { 'C', "AN", LEGALITY_AUTH_NONE },        { 'C', "AP", LEGALITY_AUTH_QUERY },
    { 'C', "AS", LEGALITY_AUTH_SIGNED },      { 'C', "AW", LEGALITY_AUTH_PASSWORD },
    { 'C', "AK", LEGALITY_AUTH_INTERACTIVE }, { 'C', "CN", LEGALITY_OPEN },
    { 'C', "RX31", LEGALITY_REKEY },          { 'C', "RN", LEGALITY_REKEY_NEWKEYS },
};

static const char *const group_exchange[] = { "KX32", "KX33", "KX34", "KXG31",
                                              "RX32", "RX33", "RX34", "RXG31" };

static const struct {
    const char *name;
    enum legality_action action;
} actions[] = {
    { "D2", LEGALITY_DISCONNECT_PROTOCOL },
    { "D7", LEGALITY_DISCONNECT_SERVICE },
    { "A", LEGALITY_ACCEPT },
    { "Ch", LEGALITY_CHANNEL },
    { "F", LEGALITY_ANSWER },
    { "I", LEGALITY_IGNORE },
    { "I*", LEGALITY_IGNORE_EARLY },
    { "Sx", LEGALITY_IGNORE_UNLESS_STRICT },
    { "U", LEGALITY_UNIMPLEMENTED },
    { "X", LEGALITY_PEER_DISCONNECT },
    { "G", LEGALITY_DISCONNECT_PROTOCOL }, /* GSSAPI, which is not there */
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_group_exchange(const char *name)
{
    for (size_t i = 0; i < COUNT(group_exchange); i++)
        if (strcmp(group_exchange[i], name) == 0)
            return true;
    return false;
}

static enum legality_phase phase_named(char receiver, const char *name)
{
    for (size_t i = 0; i < COUNT(phases); i++)
        if (phases[i].receiver == receiver && strcmp(phases[i].name, name) == 0)
            return phases[i].phase;
    fail_msg("unknown phase %c %s", receiver, name);
    return LEGALITY_PHASE_COUNT;
}

static enum legality_action action_named(const char *name)
{
    for (size_t i = 0; i < COUNT(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].action;
    fail_msg("unknown action %s", name);
    return LEGALITY_DISCONNECT_PROTOCOL;
}

static void every_cell_is_that_of_the_published_table(void **state)
{
    (void)state;
    FILE *file = fopen(TEST_DATA "/state-table.csv", "r");
    assert_non_null(file);
    char line[128], receiver, phase[16], action[8];
    unsigned first, last, checked = 0, left_out = 0;
    assert_non_null(fgets(line, sizeof(line), file));
    while (fgets(line, sizeof(line), file)) {
        int fields = sscanf(line, "%c,%15[^,],%u,%u,%7s", &receiver, phase, &first, &last, action);
        assert_int_equal(fields, 5);
        if (is_group_exchange(phase)) {
            left_out += last - first + 1;
            continue;
        }
        enum role role = receiver == 'S' ? ROLE_SERVER : ROLE_CLIENT;
        for (unsigned number = first; number <= last; number++, checked++)
            if (legality_of(role, phase_named(receiver, phase), (uint8_t)number) !=
                action_named(action))
                fail_msg("%c %s %u is not %s", receiver, phase, number, action);
    }
    (void)fclose(file);
    assert_int_equal(checked, COUNT(phases) * 256);
    assert_int_equal(left_out, COUNT(group_exchange) * 256);
}

static void only_key_exchange_and_generic_messages_are_sent_during_an_exchange(void **state)
{
    (void)state;
    for (unsigned number = 0; number < 256; number++) {
        bool may = (number >= 1 && number <= 4) || (number >= 20 && number <= 49);
        assert_int_equal(legality_may_send_in_kex((uint8_t)number), may);
    }
}

static void phases_have_names(void **state)
{
    (void)state;
    assert_string_equal(legality_phase_name(LEGALITY_KEXINIT), "KEXINIT");
    for (enum legality_phase phase = 0; phase < LEGALITY_PHASE_COUNT; phase++)
        assert_non_null(legality_phase_name(phase));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_that_of_the_published_table),
        cmocka_unit_test(only_key_exchange_and_generic_messages_are_sent_during_an_exchange),
        cmocka_unit_test(phases_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
