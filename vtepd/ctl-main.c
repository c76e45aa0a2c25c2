/* 'vtepd ctl COMMAND …'. */
#include "vtepd/ctl-client.h"
#include "vtepd/ctl.h"
#include "vtepd/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *path, *write;
  gboolean json, drops;
  int limit;
  char **words; /* the command and what follows it */
} Options;

static int
refuse (const char *sentence)
{
  g_printerr ("vtepd ctl: %s\n", sentence);
  return VTEPD_MISTAKE;
}

/* Takes the request. */
static int
ask_and_print (const Options *options, json_t *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VtepdClient) client = vtepd_client_new (options->path, &error);
  json_t *result = NULL;

  if (client)
    result = vtepd_client_ask (client, request, &error);
  else
    json_decref (request);
  if (!result)
    {
      g_printerr ("vtepd ctl: %s\n", error->message);
      return VTEPD_FAILED;
    }
  if (options->json)
    {
      json_dumpf (result, stdout, JSON_INDENT (2));
      printf ("\n");
    }
  else
    vtepd_ctl_print (options->words[0], result);
  json_decref (result);
  return VTEPD_STOPPED;
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

static int
ask_table (const Options *options)
{
  if (!options->words[1])
    return refuse ("say which table: fdb, remotes, bindings, tunnels or bfd");
  return ask_and_print (options, json_pack ("{s:s, s:s, s:i}", "command", "tables", "table",
                                            options->words[1], "limit", options->limit));
}

static int
ask_simply (const Options *options)
{
  return ask_and_print (options, json_pack ("{s:s}", "command", options->words[0]));
}

static int
set_log (const Options *options)
{
  if (!options->words[1])
    return refuse ("say what is to be logged: debug, info, warning or error");
  return ask_and_print (options, json_pack ("{s:s, s:s}", "command", "log", "level", options->words[1]));
}

static int
explain_frame (const Options *options, const guint8 *bytes, guint n)
{
  g_autoptr (GString) hex = g_string_sized_new (2 * n + 1);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return ask_and_print (options, json_pack ("{s:s, s:s, s:s}", "command", "explain", "port",
                                            options->words[1], "frame", hex->str));
}

/* Every frame of a capture file. */
static int
explain_file (const Options *options, const char *path)
{
  char problem[PCAP_ERRBUF_SIZE];
  pcap_t *file = pcap_open_offline (path, problem);
  struct pcap_pkthdr *head;
  const u_char *bytes;
  int code = VTEPD_STOPPED, found = 1;

  if (!file)
    return refuse (problem);
  if (pcap_datalink (file) != DLT_EN10MB)
    code = refuse ("the file holds no Ethernet frames");
  while (code == VTEPD_STOPPED && (found = pcap_next_ex (file, &head, &bytes)) == 1)
    code = explain_frame (options, bytes, head->caplen);
  if (found == PCAP_ERROR)
    code = refuse (pcap_geterr (file));
  pcap_close (file);
  return code;
}

static int
explain (const Options *options)
{
  const char *what = options->words[1] ? options->words[2] : NULL;

  if (!what)
    return refuse (
        "say the port and the frame: vtepd ctl explain PORT HEX, or a capture file instead of HEX");
  if (g_file_test (what, G_FILE_TEST_EXISTS))
    return explain_file (options, what);
  return ask_and_print (
      options, json_pack ("{s:s, s:s, s:s}", "command", "explain", "port", options->words[1], "frame", what));
}

/* -1 after saying why. */
static int
open_output (const Options *options)
{
  int fd = STDOUT_FILENO;

  if (options->write && strcmp (options->write, "-") != 0)
    {
      fd = open (options->write, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
      if (fd < 0)
        g_printerr ("vtepd ctl: '%s': %s\n", options->write, g_strerror (errno));
    }
  else if (isatty (fd))
    {
      refuse ("a capture is no text for a terminal; name a file by --write, or pipe it to tshark -r -");
      fd = -1;
    }
  return fd;
}

static int
capture_to (const Options *options, int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VtepdClient) client = vtepd_client_new (options->path, &error);
  json_t *answer = NULL, *counts = NULL;

  if (client)
    answer = vtepd_client_ask (client,
                               json_pack ("{s:s, s:s, s:b}", "command", "capture", "port", options->words[1],
                                          "drops", options->drops),
                               &error);
  if (answer && vtepd_client_capture (client, fd, &counts, &error) && counts)
    g_printerr ("%" JSON_INTEGER_FORMAT " frames captured, %" JSON_INTEGER_FORMAT
                " lost because they were not read in time\n",
                json_integer_value (json_object_get (counts, "captured")),
                json_integer_value (json_object_get (counts, "lost")));
  json_decref (answer);
  json_decref (counts);
  if (!error)
    return VTEPD_STOPPED;
  g_printerr ("vtepd ctl: %s\n", error->message);
  return VTEPD_FAILED;
}

static int
capture (const Options *options)
{
  int fd, code;

  if (!options->words[1])
    return refuse ("say which port to capture, or all");
  fd = open_output (options);
  if (fd < 0)
    return VTEPD_MISTAKE;
  code = capture_to (options, fd);
  if (fd != STDOUT_FILENO)
    close (fd);
  return code;
}

/* ---- the command line -------------------------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  guint most; /* words, its name included */
  int (*run) (const Options *options);
} commands[] = {
  { "tables", 2, ask_table }, { "counters", 1, ask_simply }, { "drops", 1, ask_simply },
  { "capture", 2, capture },  { "explain", 3, explain },     { "log", 2, set_log },
};

static int
run_command (const Options *options)
{
  g_autofree char *sentence = NULL;

  if (!options->words || !options->words[0])
    return refuse (
        "say what: tables, counters, drops, capture, explain or log; 'vtepd ctl --help' tells more");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, options->words[0]) == 0)
      {
        if (g_strv_length (options->words) <= commands[i].most)
          return commands[i].run (options);
        sentence = g_strdup_printf ("'%s' is one word too many", options->words[commands[i].most]);
        return refuse (sentence);
      }
  sentence = g_strdup_printf (
      "there is no command '%s'; there is tables, counters, drops, capture, explain, log", options->words[0]);
  return refuse (sentence);
}

int
vtepd_ctl_main (int argc, char **argv)
{
  static Options options;
  const GOptionEntry entries[]
      = { { "ctl", 0, 0, G_OPTION_ARG_FILENAME, &options.path,
            "The daemon's socket; else the one in " VTEPD_CTL_DIRECTORY, "PATH" },
          { "json", 'j', 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
          { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "List at most so many rows; 1000 by default",
            "N" },
          { "write", 'w', 0, G_OPTION_ARG_FILENAME, &options.write, "Where a capture goes; stdout by default",
            "FILE" },
          { "drops", 0, 0, G_OPTION_ARG_NONE, &options.drops, "Capture also what is dropped, with the reason",
            NULL },
          { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.words, NULL, "COMMAND …" },
          { NULL } };
  GOptionContext *context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_set_prgname ("vtepd ctl");
  g_option_context_set_summary (context,
                                "Asks a running vtepd.\n\n"
                                "  tables fdb|remotes|bindings|tunnels|bfd   what it knows\n"
                                "  counters                                  of its ports\n"
                                "  drops                                     frames discarded, and why\n"
                                "  capture PORT|all                          frames as they pass, in pcapng\n"
                                "  explain PORT HEX|FILE                     what would happen to a frame\n"
                                "  log debug|info|warning|error              say more or less");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    refuse (error->message);
  g_option_context_free (context);
  return error ? VTEPD_MISTAKE : run_command (&options);
}
