/* Storage in memory that tells what a disk holds from what a program has written. */
#pragma once

#include "net/world.h"

typedef struct _FakeStorage FakeStorage;

FakeStorage *fake_storage_new (void);
void fake_storage_free (FakeStorage *storage);
/* Writing fails after `bytes` more; G_MAXSIZE: never. */
void fake_storage_limit (FakeStorage *storage, gsize bytes);
void fake_storage_power_off (FakeStorage *storage);

/* As in net/world.h. */
GBytes *fake_storage_load (FakeStorage *storage, const char *name);
gboolean fake_storage_append (FakeStorage *storage, const char *name, const guint8 *bytes, gsize n,
                              gboolean durable, GError **error);
gboolean fake_storage_step (FakeStorage *storage, const char *name, NetReplaceStep step, const guint8 *bytes,
                            gsize n, GError **error);
