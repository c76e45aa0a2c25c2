/* Files under the output directory. */
#include "cli/output.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/pcap-dir.h"
#include "lab/capture.h"
#include "sim/pcapng.h"

struct _CliOutput
{
  char *trace_path, *result_path, *pcap_path;
  FILE *file;
  int write_errno;
  SimPcapngWriter *writer;
  CliPcapDir *pcaps;
  LabCaptureGate *gate;
};

static void
sink (const guint8 *bytes, gsize n, gpointer user)
{
  CliOutput *output = user;
  if (!output->write_errno && fwrite (bytes, 1, n, output->file) != n)
    output->write_errno = errno;
}

/* Behind the capture gate: both writers hear the same records. */
static void
hear (const SimTraceRecord *record, gpointer user)
{
  CliOutput *output = user;
  sim_pcapng_writer_hear (record, output->writer);
  if (output->pcaps)
    cli_pcap_dir_hear (record, output->pcaps);
}

static void
set_error (GError **error, const char *path, int number)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), "cannot write %s: %s", path,
               g_strerror (number));
}

CliOutput *
cli_output_new (const char *directory, const LabScenario *scenario, gboolean pcap, SimTrace *trace,
                GError **error)
{
  g_autoptr (CliOutput) output = g_new0 (CliOutput, 1);
  g_autofree char *name = scenario->variant ? g_strdup_printf ("%s.%s", scenario->name, scenario->variant)
                                            : g_strdup (scenario->name);

  output->trace_path = g_strdup_printf ("%s/%s.pcapng", directory, name);
  output->result_path = g_strdup_printf ("%s/%s.result.json", directory, name);
  if (g_mkdir_with_parents (directory, 0777) != 0)
    {
      set_error (error, directory, errno);
      return NULL;
    }
  if (pcap)
    {
      output->pcap_path = g_build_filename (directory, name, NULL);
      output->pcaps = cli_pcap_dir_new (output->pcap_path, error);
      if (!output->pcaps)
        return NULL;
    }
  output->file = g_fopen (output->trace_path, "wb");
  if (!output->file)
    {
      set_error (error, output->trace_path, errno);
      return NULL;
    }
  output->writer = sim_pcapng_writer_new (sink, output);
  output->gate = lab_capture_gate_new (scenario, hear, output);
  sim_trace_subscribe (trace, lab_capture_gate_hear, output->gate);
  return g_steal_pointer (&output);
}

static gboolean
write_result (const CliOutput *output, const LabResult *result, GError **error)
{
  json_t *json = lab_result_to_json (result);
  char *text = json_dumps (json, JSON_INDENT (2));
  g_autofree char *with_newline = g_strdup_printf ("%s\n", text);
  gboolean good = g_file_set_contents (output->result_path, with_newline, -1, error);

  free (text);
  json_decref (json);
  return good;
}

gboolean
cli_output_finish (CliOutput *output, const LabResult *result, GError **error)
{
  sim_pcapng_writer_free (g_steal_pointer (&output->writer));
  if (fclose (g_steal_pointer (&output->file)) != 0 && !output->write_errno)
    output->write_errno = errno;
  if (output->write_errno)
    {
      set_error (error, output->trace_path, output->write_errno);
      return FALSE;
    }
  if (output->pcaps && !cli_pcap_dir_close (output->pcaps, error))
    return FALSE;
  return write_result (output, result, error);
}

void
cli_output_free (CliOutput *output)
{
  if (!output)
    return;
  g_clear_pointer (&output->writer, sim_pcapng_writer_free);
  if (output->file)
    fclose (output->file);
  cli_pcap_dir_free (output->pcaps);
  lab_capture_gate_free (output->gate);
  g_free (output->trace_path);
  g_free (output->result_path);
  g_free (output->pcap_path);
  g_free (output);
}

const char *
cli_output_trace_path (const CliOutput *output)
{
  return output->trace_path;
}

const char *
cli_output_result_path (const CliOutput *output)
{
  return output->result_path;
}

const char *
cli_output_pcap_path (const CliOutput *output)
{
  return output->pcap_path;
}
