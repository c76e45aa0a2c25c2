/* What references in rows mean to the gateway: logical switches by id, locators by address, locator sets by their
 * addresses.  An entry stays until the caller takes it out, so the old state of a row can still be read after the
 * commit that deleted what it referred to. */
#pragma once

#include "gateway/types.h"
#include "ovsdb/uuid.h"

G_BEGIN_DECLS

typedef struct
{
  GHashTable *switches; /* uuid → VtepSwitchId; only looked up, never walked, as the others */
  GHashTable *locators; /* uuid → NetIpv4 */
  GHashTable *sets;     /* uuid → GArray of NetIpv4 */
} VtepRefs;

/* For hash tables whose keys are uuids. */
guint vtep_uuid_hash (gconstpointer key);
gboolean vtep_uuid_equal (gconstpointer a, gconstpointer b);

void vtep_refs_init (VtepRefs *refs);
void vtep_refs_clear (VtepRefs *refs);

void vtep_refs_add_switch (VtepRefs *refs, const OvsdbUuid *uuid, VtepSwitchId id);
void vtep_refs_add_locator (VtepRefs *refs, const OvsdbUuid *uuid, NetIpv4 address);
/* Takes the array. */
void vtep_refs_add_set (VtepRefs *refs, const OvsdbUuid *uuid, GArray *addresses);
void vtep_refs_remove (VtepRefs *refs, const OvsdbUuid *uuid);

/* VTEP_SWITCH_NONE, 0 and NULL when unknown, or not usable by the gateway. */
VtepSwitchId vtep_refs_switch (const VtepRefs *refs, const OvsdbUuid *uuid);
NetIpv4 vtep_refs_locator (const VtepRefs *refs, const OvsdbUuid *uuid);
const GArray *vtep_refs_set (const VtepRefs *refs, const OvsdbUuid *uuid);

G_END_DECLS
