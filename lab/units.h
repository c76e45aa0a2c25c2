/* Times, rates and sizes with their units, as scenario files and options write them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "250us", "1.5s", "2m": a decimal number and ns, us, ms, s, m or h.  Exact: no floating point. */
gboolean lab_units_duration (const char *text, gint64 *ns);
/* "10G", "100M", "64k", "1G": bits per second, decimal prefixes; "0" is none. */
gboolean lab_units_rate (const char *text, guint64 *bps);
/* "256K", "1M", "1500": bytes, binary prefixes. */
gboolean lab_units_size (const char *text, guint64 *bytes);
/* "5%", "0.01%": parts per billion, at most 100 %. */
gboolean lab_units_percent (const char *text, guint32 *ppb);

/* "1.5 ms": the largest unit that leaves a number of at least 1, three significant digits, no floating point. */
char *lab_units_format_duration (gint64 ns);

G_END_DECLS
