/* Frame ports in a network namespace of the test's own, with a pair of interfaces w0 and w1: a world with one port, at
 * w0 or in the kernel's UDP stack, and what is heard of it. */
#pragma once

#include "gateway/linux/ports.h"
#include "linux-bench.h"
#include "refusals.h"

#define OURS   0x0a090014u /* 10.9.0.20, the address of w0 */
#define THEIRS 0x0a090015u

typedef struct
{
  LinuxWorld *world; /* the bench's */
  NetWorld *seam;
  guint port;
  GString *heard; /* "up " "down " and "(MESSAGE) " */
  guint n_received;
  guint8 first[128]; /* bytes of the last frame */
  guint length;      /* … and how many it has */
} PortRig;

extern PortRig rig;

/* A short broadcast of no protocol that anybody knows. */
extern const guint8 a_frame[60];

/* `ip WORDS`, which must do it. */
void ip (const char *words);
/* w0, with an address, and w1: after `ip link del w0`. */
void make_pair (void);
/* Enters the namespace and runs the tests there; skips them where that is not allowed. */
int rig_main (const char *suite, const TapTest *tests);

void open_rig (LinuxPortMethod method);
void open_rig_with (LinuxPortMethod method, guint ring_bytes);
void open_tunnel_rig (void);
void close_rig (void);

void send_frame (gconstpointer bytes, gsize length);
/* Until so many frames were sent or dropped by the port. */
gboolean run_until_gone (guint64 n);
/* Until so many have come in. */
gboolean receives (guint n);
/* Until this is among what is heard. */
gboolean hears (const char *text);
LinuxPortCounters counters (void);

/* LinuxPortConfig.received for who wants none. */
void drop_received (LinuxWorld *world, guint port, NetFrame *frame, gpointer user);
