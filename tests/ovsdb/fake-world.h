/* A NetWorld for tests: a clock that the test moves, streams between ends in the same process, storage in memory. */
#pragma once

#include "net/world.h"

#include <jansson.h>

typedef struct _FakeWorld FakeWorld;

FakeWorld *fake_world_new (void);
void fake_world_free (FakeWorld *fake);
NetWorld *fake_world (FakeWorld *fake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeWorld, fake_world_free)

/* Delivers bytes and fires timers in order until `ns` have passed. */
void fake_world_run (FakeWorld *fake, gint64 ns);
/* One thing that is due now, if there is one. */
gboolean fake_world_step (FakeWorld *fake);
/* Pieces of at most this many bytes; 0: whole. */
void fake_world_chop (FakeWorld *fake, gsize bytes);
/* Every stream ends, as when a cable is cut; dialling fails until it is mended. */
void fake_world_cut (FakeWorld *fake, gboolean cut);
/* What is sent stays in the queue: a peer that does not read. */
void fake_world_hold (FakeWorld *fake, gboolean hold);
/* Appends fail from now on after `bytes` more; the part that fits is stored.  G_MAXSIZE: never. */
void fake_world_disk_limit (FakeWorld *fake, gsize bytes);
/* Loading fails from now on. */
void fake_world_disk_unreadable (FakeWorld *fake);
/* What was stored and is not on the disk is lost; replacements that have not ended too. */
void fake_world_power_off (FakeWorld *fake);
/* Values are replaced whole and appended durably from now on. */
void fake_world_plain_storage (FakeWorld *fake);
/* The last log message of warning level or above, or NULL. */
const char *fake_world_last_warning (FakeWorld *fake);
void fake_world_set_detail (FakeWorld *fake, gboolean detail);
/* State records so far, one "table op key json" a line. */
const char *fake_world_states (FakeWorld *fake);

/* ---- a peer that speaks by hand ------------------------------------------------------------------------------- */

typedef struct _FakePeer FakePeer;

FakePeer *fake_peer_dial (FakeWorld *fake, const char *target);
/* Waits at "ptcp:…" for one connection. */
FakePeer *fake_peer_listen (FakeWorld *fake, const char *target);
void fake_peer_send (FakePeer *peer, const char *text);
/* The next message, or NULL when none has come; the caller's. */
json_t *fake_peer_take (FakePeer *peer);
gboolean fake_peer_is_closed (FakePeer *peer);
gboolean fake_peer_is_connected (FakePeer *peer);
void fake_peer_close (FakePeer *peer);
void fake_peer_free (FakePeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakePeer, fake_peer_free)

/* JSON written with ' for ". */
json_t *json_of (const char *text);
/* The canonical text of JSON, quotes as ', sets of uuids left as they are; borrowed until the next call. */
const char *text_of (const json_t *json);
