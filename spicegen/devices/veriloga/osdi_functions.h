/* What the equations of a module call by name. */
#pragma once
#include "osdi_0_3.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* where a parameter is kept in struct parameters, and what its value must keep to */
struct place {
    size_t offset, size;
    const char *rule;
};

static inline int32_t round_to_integer(double x) { return (int32_t)lround(x); }

static inline int32_t divide_integers(int32_t a, int32_t b) { return b == 0 ? 0 : a / b; }

static inline int32_t integer_remainder(int32_t a, int32_t b) { return b == 0 ? 0 : a % b; }

static inline int32_t shift_left(int32_t a, int32_t b) { return (int32_t)((uint32_t)a << b); }

static inline int32_t shift_right(int32_t a, int32_t b) { return (int32_t)((uint32_t)a >> b); }

static inline int32_t clog2(int32_t x)
{
    int32_t bits = 0;
    while (bits < 31 && (1 << bits) < x)
        bits++;
    return bits;
}

/* $simparam: a setting of the simulator, such as gmin */
static inline double simulator_setting(const OsdiSimInfo *sim, const char *name, double otherwise)
{
    for (int i = 0; sim->paras.names && sim->paras.names[i]; i++)
        if (strcmp(sim->paras.names[i], name) == 0)
            return sim->paras.vals[i];
    return otherwise;
}

/* $limit(..., "pnjlim", vt, vcrit): how far a junction voltage may move in one iteration
 * (L. Nagel, SPICE2, UCB/ERL M520, 1975) */
static inline double limit_junction(uint32_t flags, bool *limited, double v_new, double v_old,
                                    double v_thermal, double v_critical)
{
    if (flags & INIT_LIM) {
        *limited = true;
        return v_critical;
    }
    if (v_new <= v_critical || fabs(v_new - v_old) <= 2.0 * v_thermal)
        return v_new;
    *limited = true;
    if (v_old <= 0.0)
        return v_thermal * log(v_new / v_thermal);
    double step = 1.0 + (v_new - v_old) / v_thermal;
    return step > 0.0 ? v_old + v_thermal * log(step) : v_critical;
}
