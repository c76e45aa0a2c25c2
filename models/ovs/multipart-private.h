/* What the answerers of MULTIPART_REQUEST share. */
#pragma once

#include "models/ovs/requests.h"
#include "openflow/multipart.h"

typedef struct
{
  OvsSwitch *sw;
  NetCursor body;
  gint64 now_ns;
  OpenflowMultipartReply reply;
  GByteArray *out;
} OvsAnswer;

/* FALSE: to be answered with this error of OPENFLOW_ERROR's. */
typedef gboolean (*OvsAnswerer) (OvsAnswer *answer, GError **error);

/* multipart-tables.c */
gboolean ovs_answer_tables (OvsAnswer *answer, GError **error);
gboolean ovs_answer_table_features (OvsAnswer *answer, GError **error);
/* multipart-meters.c */
gboolean ovs_answer_meters (OvsAnswer *answer, GError **error);
gboolean ovs_answer_meter_configs (OvsAnswer *answer, GError **error);
gboolean ovs_answer_meter_features (OvsAnswer *answer, GError **error);
