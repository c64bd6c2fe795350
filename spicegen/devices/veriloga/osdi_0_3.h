/* Open Source Device Interface 0.3: what a compiled Verilog-A model and a simulator agree on.
 * Declared from the published interface, on which ngspice >= 39 and other simulators rely. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* flags of a parameter: type, kind */
#define PARA_TY_REAL 0u
#define PARA_TY_INT 1u
#define PARA_KIND_MODEL (0u << 30)
#define PARA_KIND_INST (1u << 30)

/* flags of access() */
#define ACCESS_FLAG_SET 1u
#define ACCESS_FLAG_INSTANCE 4u

/* flags of a Jacobian entry */
#define JACOBIAN_ENTRY_RESIST 4u
#define JACOBIAN_ENTRY_REACT 8u

/* OsdiSimInfo.flags: what eval() is asked for, and in which analysis */
#define CALC_REACT_JACOBIAN 8u
#define ENABLE_LIM 256u
#define INIT_LIM 512u
#define ANALYSIS_NOISE 1024u
#define ANALYSIS_DC 2048u
#define ANALYSIS_AC 4096u
#define ANALYSIS_TRAN 8192u
#define ANALYSIS_IC 16384u
#define ANALYSIS_NODESET 65536u

/* what eval() returns */
#define EVAL_RET_FLAG_LIM 1u
#define EVAL_RET_FLAG_FATAL 2u

#define LOG_LVL_ERR 4u

typedef struct {
    char **names;
    double *vals;
    char **names_str;
    char **vals_str;
} OsdiSimParas;

typedef struct {
    OsdiSimParas paras;
    double abstime;
    double *prev_solve;
    double *prev_state;
    double *next_state;
    uint32_t flags;
} OsdiSimInfo;

typedef struct {
    uint32_t code;
    uint32_t parameter_id;
} OsdiInitError;

typedef struct {
    uint32_t flags;
    uint32_t num_errors;
    OsdiInitError *errors;
} OsdiInitInfo;

typedef struct {
    uint32_t node_1;
    uint32_t node_2;
} OsdiNodePair;

typedef struct {
    OsdiNodePair nodes;
    uint32_t react_ptr_off;
    uint32_t flags;
} OsdiJacobianEntry;

typedef struct {
    char *name;
    char *units;
    char *residual_units;
    uint32_t resist_residual_off;
    uint32_t react_residual_off;
    uint32_t resist_limit_rhs_off;
    uint32_t react_limit_rhs_off;
    bool is_flow;
} OsdiNode;

typedef struct {
    char **name;
    uint32_t num_alias;
    char *description;
    char *units;
    uint32_t flags;
    uint32_t len;
} OsdiParamOpvar;

typedef struct {
    char *name;
    OsdiNodePair nodes;
} OsdiNoiseSource;

typedef struct {
    char *name;
    uint32_t num_nodes;
    uint32_t num_terminals;
    OsdiNode *nodes;
    uint32_t num_jacobian_entries;
    OsdiJacobianEntry *jacobian_entries;
    uint32_t num_collapsible;
    OsdiNodePair *collapsible;
    uint32_t collapsed_offset;
    OsdiNoiseSource *noise_sources;
    uint32_t num_noise_src;
    uint32_t num_params;
    uint32_t num_instance_params;
    uint32_t num_opvars;
    OsdiParamOpvar *param_opvar;
    uint32_t node_mapping_offset;
    uint32_t jacobian_ptr_resist_offset;
    uint32_t num_states;
    uint32_t state_idx_off;
    uint32_t bound_step_offset;
    uint32_t instance_size;
    uint32_t model_size;
    void *(*access)(void *inst, void *model, uint32_t id, uint32_t flags);
    void (*setup_model)(void *handle, void *model, OsdiSimParas *paras, OsdiInitInfo *info);
    void (*setup_instance)(void *handle, void *inst, void *model, double temperature,
                           uint32_t num_terminals, OsdiSimParas *paras, OsdiInitInfo *info);
    uint32_t (*eval)(void *handle, void *inst, const void *model, const OsdiSimInfo *sim);
    void (*load_noise)(void *inst, void *model, double freq, double *density);
    void (*load_residual_resist)(void *inst, void *model, double *dst);
    void (*load_residual_react)(void *inst, void *model, double *dst);
    void (*load_limit_rhs_resist)(void *inst, void *model, double *dst);
    void (*load_limit_rhs_react)(void *inst, void *model, double *dst);
    void (*load_spice_rhs_dc)(void *inst, void *model, double *dst, double *prev_solve);
    void (*load_spice_rhs_tran)(void *inst, void *model, double *dst, double *prev_solve,
                                double alpha);
    void (*load_jacobian_resist)(void *inst, void *model);
    void (*load_jacobian_react)(void *inst, void *model, double alpha);
    void (*load_jacobian_tran)(void *inst, void *model, double alpha);
} OsdiDescriptor;
