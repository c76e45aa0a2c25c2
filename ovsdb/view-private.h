/* What views are made of: shared by parsing (view.c) and rendering (view-render.c). */
#pragma once

#include "ovsdb/view.h"

G_BEGIN_DECLS

typedef enum
{
  OVSDB_SHOW_INITIAL = 1,
  OVSDB_SHOW_INSERT = 2,
  OVSDB_SHOW_DELETE = 4,
  OVSDB_SHOW_MODIFY = 8,
  OVSDB_SHOW_ALL = 15
} OvsdbShow;

typedef struct
{
  guint column;
  OvsdbShow show;
} OvsdbViewColumn;

typedef struct
{
  OvsdbTable *table;
  GArray *columns;           /* of OvsdbViewColumn, by place in the row */
  OvsdbShow show;            /* of any column */
  OvsdbCondition *condition; /* NULL: every row */
  char *where;               /* its text; NULL: none was given */
} OvsdbViewTable;

struct _OvsdbView
{
  guint ref_count;
  OvsdbViewForm form;
  OvsdbViewTable **tables; /* as the schema's; NULL: not shown */
  guint n_tables;
  char *key;        /* equal for equal views */
  GBytes *rendered; /* NULL: the last transaction showed nothing */
};

G_END_DECLS
