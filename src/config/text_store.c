/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/text_store.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

struct text_store_item {
    struct text_store_item *older;
    size_t len;
    char text[];
};

void text_store_init(struct text_store *store)
{
    store->newest = NULL;
}

void text_store_wipe(struct text_store *store)
{
    while (store->newest) {
        struct text_store_item *item = store->newest;
        store->newest = item->older;
        bytes_wipe(item->text, item->len);
        free(item);
    }
}

const char *text_store_keep(struct text_store *store, struct bytes text)
{
    struct text_store_item *item = malloc(sizeof(*item) + text.len + 1);
    CHECK(item != NULL);
    item->older = store->newest;
    item->len = text.len;
    if (text.len)
        memcpy(item->text, text.data, text.len);
    item->text[text.len] = 0;
    store->newest = item;
    return item->text;
}
