/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/err.h"

#include "base/check.h"

static const struct {
    const char *name;
    const char *text;
    enum err_blame blame;
} rows[] = {
    [OK] = { "OK", "no error", BLAME_SELF },
#define ERR(name, blame, text) [ERR_##name] = { #name, text, BLAME_##blame },
#include "base/err.def"
#undef ERR
};

const char *err_name(enum err err)
{
    CHECK(err < ERR_COUNT);
    return rows[err].name;
}

const char *err_text(enum err err)
{
    CHECK(err < ERR_COUNT);
    return rows[err].text;
}

enum err_blame err_blame(enum err err)
{
    CHECK(err < ERR_COUNT);
    return rows[err].blame;
}
