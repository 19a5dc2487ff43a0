/* How much a count is worth. */
#include <math.h>

#include "infer/answer.h"

/* Chance of at most `lost` of `sent`, when each is lost with `rate`. */
static double at_most(double sent, double lost, double rate)
{
    double sum = 0;
    for (double x = 0; x <= lost; x++) {
        sum += exp(lgamma(sent + 1) - lgamma(x + 1) - lgamma(sent - x + 1) + x * log(rate) + (sent - x) * log1p(-rate));
    }
    return sum;
}

static double where(double sent, double lost, double chance)
{
    double low = 0;
    double high = 1;
    for (int i = 0; i < 50; i++) {
        double middle = (low + high) / 2;
        if (at_most(sent, lost, middle) > chance) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

void infer_bounds(double sent, double lost, double *low, double *high)
{
    if (sent <= 0) {
        *low = 0;
        *high = 1;
    } else if (lost <= 0) {
        *low = 0;
        *high = sent < 3 ? 1 : 3 / sent;
    } else {
        *low = where(sent, lost - 1, 0.975);
        *high = lost >= sent ? 1 : where(sent, lost, 0.025);
    }
}
