/* The interfaces that a configuration names, opened: access ports, and the underlay last.
 *
 * One that cannot be opened now (it is not there yet, say) is tried again every second; meanwhile the port is there
 * and has no cable. */
#pragma once

#include "gateway/linux/ports.h"
#include "vtepd/opener.h"
#include "vtepd/settings.h"

G_BEGIN_DECLS

typedef struct _VtepdPorts VtepdPorts;

typedef struct
{
  /* Takes the reference. */
  void (*frame) (guint port, NetFrame *frame, gpointer user);
  void (*carrier) (guint port, gboolean up, gpointer user);
  /* A port has been opened after all, so its number is another now. */
  void (*opened) (gpointer user);
  /* The number may be another port's next. */
  void (*closed) (guint port, gpointer user);
  gpointer user;
} VtepdPortsEvents;

/* The opener is for packet sockets; NULL: this process may make them itself. */
VtepdPorts *vtepd_ports_new (LinuxWorld *world, VtepdOpener *opener, const VtepdPortsEvents *events);
void vtepd_ports_free (VtepdPorts *ports);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdPorts, vtepd_ports_free)

/* Closes what the configuration does not name any more, opens what is new; the underlay is closed and opened anew when
 * it is to be another.  `config` is borrowed until the next. */
void vtepd_ports_set (VtepdPorts *ports, const VtepdConfig *config);

/* The last is the underlay. */
guint vtepd_ports_n (const VtepdPorts *ports);
/* The world's number of a port; one that is not open has a number that no port has. */
guint vtepd_ports_number (const VtepdPorts *ports, guint index);
/* "?" when it is not known which interface the underlay is. */
const char *vtepd_ports_name (const VtepdPorts *ports, guint index);
/* FALSE: it is not open, and all is zero. */
gboolean
vtepd_ports_facts (const VtepdPorts *ports, guint index, LinuxPortFacts *facts, LinuxPortCounters *counters);

/* How many are still waited for. */
guint vtepd_ports_n_missing (const VtepdPorts *ports);

G_END_DECLS
