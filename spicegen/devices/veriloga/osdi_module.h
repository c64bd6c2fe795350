/* The part of a compiled module that is the same for every module. The C file that includes
 * this defines before: the sizes NODES, TERMINALS, ENTRIES, COLLAPSIBLE, STATES, PARAMETERS;
 * struct parameters, struct cache, struct model, struct instance; parameter[] (where each is
 * kept), set_up() and evaluate() (the equations), and the tables of the descriptor. */
#pragma once
#include "osdi_functions.h"
#include <stdio.h>

/* the simulator sets this: how to print a message */
void (*osdi_log)(void *handle, const char *message, uint32_t level);

/* ids: 0 the multiplier, then the parameters on an instance line, then on a .model card */
static void *access(void *inst, void *mod, uint32_t id, uint32_t flags)
{
    struct instance *self = inst;
    struct model *model = mod;
    bool setting = flags & ACCESS_FLAG_SET;
    if (id == 0) {
        self->multiplier_given |= setting;
        return &self->multiplier;
    }
    uint32_t p = (id - 1) % (PARAMETERS ? PARAMETERS : 1);
    if (id <= PARAMETERS) {
        self->given[p] |= setting;
        return (char *)(setting ? &self->set : &self->p) + parameter[p].offset;
    }
    model->given[p] |= setting;
    return (char *)&model->set + parameter[p].offset;
}

static void setup_model(void *handle, void *model, OsdiSimParas *paras, OsdiInitInfo *info)
{
    *info = (OsdiInitInfo){0, 0, NULL};
}

/* a value counts from the instance line, else from the .model card, else by default */
static void setup_instance(void *handle, void *inst, void *mod, double temperature,
                           uint32_t terminals, OsdiSimParas *paras, OsdiInitInfo *info)
{
    struct instance *self = inst;
    const struct model *model = mod;
    *info = (OsdiInitInfo){0, 0, NULL};
    for (uint32_t p = 0; p < PARAMETERS; p++) {
        const void *from = self->given[p] ? &self->set : &model->set;
        self->known[p] = self->given[p] || model->given[p];
        if (self->known[p])
            memcpy((char *)&self->p + parameter[p].offset,
                   (const char *)from + parameter[p].offset, parameter[p].size);
    }
    if (!self->multiplier_given)
        self->multiplier = 1.0;
    self->temperature = temperature;
    self->terminals = terminals;
    self->wrong = NULL;
    self->reported = false;
    memset(self->collapsed, 0, sizeof self->collapsed);
    set_up(self);
}

/* An error in setup_instance() would be lost (ngspice keeps that of the last instance only). */
static uint32_t eval(void *handle, void *inst, const void *model, const OsdiSimInfo *sim)
{
    struct instance *self = inst;
    if (self->wrong == NULL)
        return evaluate(self, sim);
    if (osdi_log && !self->reported) {
        self->reported = true;
        const struct place *wrong = self->wrong;
        const char *at = (const char *)&self->p + wrong->offset;
        double value = wrong->size == sizeof(double) ? *(const double *)at : *(const int32_t *)at;
        size_t size = strlen(wrong->rule) + sizeof MODULE + 64;
        char *message = malloc(size); /* the simulator may free it */
        if (message)
            snprintf(message, size, "Error: %s: %s, got %.9g\n", MODULE, wrong->rule, value);
        osdi_log(handle, message, LOG_LVL_ERR);
    }
    return EVAL_RET_FLAG_FATAL;
}

static void load_noise(void *inst, void *model, double freq, double *density) {}

static void load_residual_resist(void *inst, void *model, double *dst)
{
    struct instance *self = inst;
    for (int i = 0; i < NODES; i++)
        dst[self->node[i]] += self->residual[i];
}

static void load_residual_react(void *inst, void *model, double *dst)
{
    struct instance *self = inst;
    for (int i = 0; i < NODES; i++)
        dst[self->node[i]] += self->charge[i];
}

static void load_limit_rhs_resist(void *inst, void *model, double *dst)
{
    struct instance *self = inst;
    for (int i = 0; i < NODES; i++)
        dst[self->node[i]] += self->residual_limit[i];
}

static void load_limit_rhs_react(void *inst, void *model, double *dst)
{
    struct instance *self = inst;
    for (int i = 0; i < NODES; i++)
        dst[self->node[i]] += self->charge_limit[i];
}

/* J v - f(v): SPICE solves for the new voltages, not for their change */
static void load_spice_rhs_tran(void *inst, void *model, double *dst, double *v, double alpha)
{
    struct instance *self = inst;
    for (int i = 0; i < NODES; i++)
        dst[self->node[i]] +=
            self->residual_limit[i] + alpha * self->charge_limit[i] - self->residual[i];
    for (int k = 0; k < ENTRIES; k++)
        dst[self->node[entries[k].nodes.node_1]] +=
            (self->resist[k] + alpha * self->react[k]) * v[self->node[entries[k].nodes.node_2]];
}

static void load_spice_rhs_dc(void *inst, void *model, double *dst, double *v)
{
    load_spice_rhs_tran(inst, model, dst, v, 0.0);
}

static void load_jacobian_resist(void *inst, void *model)
{
    struct instance *self = inst;
    for (int k = 0; k < ENTRIES; k++)
        *self->resist_pointer[k] += self->resist[k];
}

static void load_jacobian_react(void *inst, void *model, double alpha)
{
    struct instance *self = inst;
    for (int k = 0; k < ENTRIES; k++)
        if (entries[k].react_ptr_off != UINT32_MAX)
            *self->react_pointer[k] += alpha * self->react[k];
}

static void load_jacobian_tran(void *inst, void *model, double alpha)
{
    struct instance *self = inst;
    for (int k = 0; k < ENTRIES; k++)
        *self->resist_pointer[k] += self->resist[k] + alpha * self->react[k];
}

const uint32_t OSDI_VERSION_MAJOR = 0;
const uint32_t OSDI_VERSION_MINOR = 3;
const uint32_t OSDI_NUM_DESCRIPTORS = 1;
const OsdiDescriptor OSDI_DESCRIPTORS[1] = {{
    .name = MODULE,
    .num_nodes = NODES,
    .num_terminals = TERMINALS,
    .nodes = nodes,
    .num_jacobian_entries = ENTRIES,
    .jacobian_entries = entries,
    .num_collapsible = COLLAPSIBLE,
    .collapsible = collapsible,
    .collapsed_offset = offsetof(struct instance, collapsed),
    .num_params = 1 + 2 * PARAMETERS,
    .num_instance_params = 1 + PARAMETERS,
    .param_opvar = described,
    .node_mapping_offset = offsetof(struct instance, node),
    .jacobian_ptr_resist_offset = offsetof(struct instance, resist_pointer),
    .num_states = STATES,
    .state_idx_off = offsetof(struct instance, state),
    .bound_step_offset = UINT32_MAX,
    .instance_size = sizeof(struct instance),
    .model_size = sizeof(struct model),
    .access = access,
    .setup_model = setup_model,
    .setup_instance = setup_instance,
    .eval = eval,
    .load_noise = load_noise,
    .load_residual_resist = load_residual_resist,
    .load_residual_react = load_residual_react,
    .load_limit_rhs_resist = load_limit_rhs_resist,
    .load_limit_rhs_react = load_limit_rhs_react,
    .load_spice_rhs_dc = load_spice_rhs_dc,
    .load_spice_rhs_tran = load_spice_rhs_tran,
    .load_jacobian_resist = load_jacobian_resist,
    .load_jacobian_react = load_jacobian_react,
    .load_jacobian_tran = load_jacobian_tran,
}};
