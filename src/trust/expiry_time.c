/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/expiry_time.h"

static bool is_leap(uint64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint64_t days_in(uint64_t month, uint64_t year)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

/* From 1 January 1970, in the Gregorian calendar. */
static int64_t days_until(uint64_t year, uint64_t month, uint64_t day)
{
    uint64_t past = year - 1; /* whole years since the year 1 */
    int64_t days = (int64_t)(past * 365 + past / 4 - past / 100 + past / 400) - 719162;
    for (uint64_t m = 1; m < month; m++)
        days += (int64_t)days_in(m, year);
    return days + (int64_t)day - 1;
}

/* Takes that many digits; at the end of the text the number is zero. */
static bool take(struct bytes *text, size_t digits, uint64_t max, uint64_t *number)
{
    *number = 0;
    if (text->len == 0)
        return true;
    bool is_good = bytes_to_number(bytes_slice(*text, 0, digits), max, number);
    *text = bytes_skip(*text, digits);
    return is_good;
}

enum err expiry_time_parse(struct bytes text, int64_t *at, bool *is_utc)
{
    uint64_t year, month, day, hour, minute, second;
    *is_utc = bytes_ends(text, "Z");
    text.len -= *is_utc;
    if (text.len != 8 && text.len != 12 && text.len != 14)
        return ERR_BAD_VALUE;
    bool is_good = take(&text, 4, 9999, &year) && take(&text, 2, 12, &month) &&
                   take(&text, 2, 31, &day) && take(&text, 2, 23, &hour) &&
                   take(&text, 2, 59, &minute) && take(&text, 2, 60, &second);
    if (!is_good || year == 0 || month == 0 || day == 0 || day > days_in(month, year))
        return ERR_BAD_VALUE;
    *at = days_until(year, month, day) * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
    return OK;
}
