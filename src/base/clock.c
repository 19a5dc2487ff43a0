#include "base/clock.h"

#include <stdio.h>
#include <time.h>

enum { US_PER_SECOND = 1000000 };

int64_t clock_monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t clock_wall_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

/* Days since 1970-01-01 of a proleptic Gregorian date, counting years from March so that the leap day is last. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int64_t clock_seconds_of(int year, int month, int day, int hour, int minute, int second)
{
    return days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

void clock_format(int64_t wall_us, char text[CLOCK_TEXT_SIZE])
{
    int64_t seconds = wall_us / US_PER_SECOND;
    int64_t fraction = wall_us % US_PER_SECOND;
    if (fraction < 0) {
        fraction += US_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / 86400;
    int64_t rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    /* The inverse of days_of. */
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    int64_t day = day_of_year - (153 * shifted + 2) / 5 + 1;
    if (fraction == 0) {
        snprintf(text, CLOCK_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)day,
                 (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    } else {
        snprintf(text, CLOCK_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", (int)year, (int)month, (int)day,
                 (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60), (int)fraction);
    }
}

static bool digits(const char **at, int count, int *value)
{
    int sum = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9') {
            return false;
        }
        sum = sum * 10 + (**at - '0');
    }
    *value = sum;
    return true;
}

static bool one_of(const char **at, const char *allowed)
{
    for (; *allowed != '\0'; allowed++) {
        if (**at == *allowed) {
            (*at)++;
            return true;
        }
    }
    return false;
}

static bool zone(const char **at, int *offset_minutes)
{
    if (one_of(at, "Zz")) {
        *offset_minutes = 0;
        return true;
    }
    int sign = **at == '-' ? -1 : 1;
    int hours;
    int minutes;
    if (!one_of(at, "+-") || !digits(at, 2, &hours) || !one_of(at, ":") || !digits(at, 2, &minutes)) {
        return false;
    }
    *offset_minutes = sign * (hours * 60 + minutes);
    return hours < 24 && minutes < 60;
}

bool clock_parse(const char *text, int64_t *wall_us)
{
    const char *at = text;
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    if (!digits(&at, 4, &year) || !one_of(&at, "-") || !digits(&at, 2, &month) || !one_of(&at, "-") ||
        !digits(&at, 2, &day) || !one_of(&at, "Tt ") || !digits(&at, 2, &hour) || !one_of(&at, ":") ||
        !digits(&at, 2, &minute) || !one_of(&at, ":") || !digits(&at, 2, &second)) {
        return false;
    }
    if (year < 1600 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    int64_t fraction = 0;
    if (one_of(&at, ".")) {
        int64_t scale = US_PER_SECOND / 10;
        if (*at < '0' || *at > '9') {
            return false;
        }
        for (; *at >= '0' && *at <= '9'; at++) {
            fraction += (*at - '0') * scale;
            scale /= 10;
        }
    }
    int offset_minutes;
    if (!zone(&at, &offset_minutes) || *at != '\0') {
        return false;
    }
    int64_t seconds = clock_seconds_of(year, month, day, hour, minute, second) - (int64_t)offset_minutes * 60;
    *wall_us = seconds * US_PER_SECOND + fraction;
    return true;
}
