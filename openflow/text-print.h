/* Pieces of the text form that more than one printer needs. */
#pragma once

#include "openflow/text.h"

/* 0 as "0", anything else as 0x…: as ovs-ofctl writes numbers whose bits count. */
void openflow_print_hex (OpenflowValue value, GString *out);
/* A whole field's value as the field is shown. */
void openflow_print_value (OpenflowFieldId field, OpenflowValue value, GString *out);
/* "NXM_NX_REG1[0..19]", "NXM_OF_ETH_SRC[]", "…[3]". */
void openflow_print_subfield (OpenflowSubfield subfield, GString *out);
/* "LOCAL", "3". */
void openflow_print_port (guint32 port, GString *out);
/* The name in set_field and learn: "eth_src" for what a match calls dl_src. */
const char *openflow_field_set_name (OpenflowFieldId field);
gboolean openflow_port_from_name (const char *name, guint32 *port);
/* Of ct_state's bits, the lowest first. */
#define OPENFLOW_N_CT_STATES 8u
extern const char *const openflow_ct_state_names[OPENFLOW_N_CT_STATES];
/* "udp": sets EtherType and IP protocol; FALSE when the word is none. */
gboolean openflow_match_keyword (const char *word, OpenflowMatch *match);
