/* A tcpdump filter on outer and inner frame, compiled once: the expectation language for traffic. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LabFilter LabFilter;

/* Texts that libpcap takes (lab_parse_filter() has checked them), each NULL for any; vni -1: any.  With an inner
 * filter or a VNI only VXLAN frames match; the inner filter sees the frame inside. */
LabFilter *lab_filter_new (const char *outer, const char *inner, gint64 vni);
void lab_filter_free (LabFilter *filter);
gboolean lab_filter_matches (const LabFilter *filter, const guint8 *bytes, guint captured, guint length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabFilter, lab_filter_free)

G_END_DECLS
