/* From text to flow. */
#include "models/odl/flows-text.h"

#include <stdarg.h>

#include "openflow/text.h"

void
odl_flow_from_text (OpenflowFlowMod *out, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (!openflow_flow_parse (text, out, &error))
    g_error ("%s: %s", text, error->message);
}
