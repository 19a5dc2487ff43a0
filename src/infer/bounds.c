/* How much a count is worth. */
#include <math.h>

#include "infer/answer.h"

enum { EXACT_MOST = 500, HALVINGS = 50 };

/* Chance of at most `lost` of `sent`, when each is lost with `rate`. */
static double at_most(double sent, double lost, double rate)
{
    double sum = 0;
    for (double x = 0; x <= lost; x++) {
        sum += exp(lgamma(sent + 1) - lgamma(x + 1) - lgamma(sent - x + 1) + x * log(rate) + (sent - x) * log1p(-rate));
    }
    return sum;
}

/* The rate at which at most `lost` are lost with that chance. */
static double rate_for(double sent, double lost, double chance)
{
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (at_most(sent, lost, middle) > chance) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

/* Wilson's interval, when both counts are large: then it is as good, and takes no time. */
static void wilson(double sent, double lost, double *low, double *high)
{
    const double z = 1.959964;
    double middle = (lost + z * z / 2) / (sent + z * z);
    double width = z * sqrt(lost * (1 - lost / sent) + z * z / 4) / (sent + z * z);
    *low = middle - width;
    *high = middle + width;
}

void infer_bounds(double sent, double lost, double *low, double *high)
{
    if (sent <= 0) {
        *low = 0;
        *high = 1;
    } else if (lost <= 0) {
        *low = 0;
        *high = sent < 3 ? 1 : 3 / sent;
    } else if (lost > EXACT_MOST && sent - lost > EXACT_MOST) {
        wilson(sent, lost, low, high);
    } else if (lost > sent / 2) {
        /* what came through is the smaller count */
        double other_low;
        double other_high;
        infer_bounds(sent, sent - lost, &other_low, &other_high);
        *low = 1 - other_high;
        *high = lost >= sent ? 1 : 1 - other_low;
    } else {
        *low = rate_for(sent, lost - 1, 0.975);
        *high = rate_for(sent, lost, 0.025);
    }
}
