/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/text_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void kept_texts_stay_where_they_are(void **state)
{
    enum { COUNT = 1000 };
    static const char *kept[COUNT];
    struct text_store store;
    char text[20];
    (void)state;
    text_store_init(&store);
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(text, sizeof(text), "text %d", i);
        kept[i] = text_store_keep(&store, bytes_text(text));
    }
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(text, sizeof(text), "text %d", i);
        assert_string_equal(kept[i], text);
    }
    assert_string_equal(text_store_keep(&store, BYTES_NONE), "");
    text_store_wipe(&store);
    text_store_wipe(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_texts_stay_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
