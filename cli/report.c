/* What all formats of reports say alike. */
#include "cli/report.h"

#include <string.h>

char *
cli_report_name (const LabResult *result)
{
  return result->variant ? g_strdup_printf ("%s.%s", result->scenario, result->variant)
                         : g_strdup (result->scenario);
}

static gboolean
is_plain (const char *path)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/";
  return path[strspn (path, plain)] == '\0';
}

char *
cli_report_command (const CliOutcome *outcome, const LabVerdict *verdict)
{
  g_autofree char *path
      = is_plain (outcome->trace_path) ? g_strdup (outcome->trace_path) : g_shell_quote (outcome->trace_path);

  if (verdict->met || verdict->packet_id == 0)
    return NULL;
  return g_strdup_printf ("tshark -r %s -Y 'frame.packet_id == %" G_GUINT64_FORMAT "' -T fields "
                          "-e frame.time_epoch -e frame.interface_name -e _ws.col.Info -e frame.comment",
                          path, verdict->packet_id);
}

char *
cli_report_reason (const CliOutcome *outcome, const LabVerdict *verdict)
{
  g_autofree char *command = cli_report_command (outcome, verdict);

  if (!verdict->reason || !command)
    return g_strdup (verdict->reason ? verdict->reason : command);
  return g_strdup_printf ("%s\n%s", verdict->reason, command);
}
