/* A database of the schema of tests in a fake world, with a server at ptcp:6640. */
#pragma once

#include "fake-world.h"

#include "ovsdb/server.h"

typedef struct
{
  FakeWorld *fake;
  OvsdbSchema *schema;
  OvsdbDatabase *db;
  OvsdbServer *server; /* NULL until bench_serve() */
} Bench;

OvsdbSchema *test_schema (void);
void bench_begin (Bench *bench);
/* The same with hardware_vtep. */
void bench_begin_vtep (Bench *bench);
void bench_serve (Bench *bench);
void bench_end (Bench *bench);

/* Runs operations in process; errors leave only their name, inserts only "uuid". */
json_t *bench_run (Bench *bench, const char *operations);
void mask_results (json_t *results);
/* Fails the test with a diff when the text of the JSON is another. */
void check_json (const char *file, int line, const json_t *got, const char *expected);
#define CHECK_JSON(got, expected) check_json (__FILE__, __LINE__, (got), (expected))
/* The next message of a peer, uuids numbered by their first appearance in it as U1, U2, … */
void check_message (const char *file, int line, FakePeer *peer, const char *expected);
#define EXPECT(peer, expected) check_message (__FILE__, __LINE__, (peer), (expected))
#define EXPECT_NOTHING(peer)   check_message (__FILE__, __LINE__, (peer), NULL)
