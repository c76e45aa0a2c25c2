#!/usr/bin/env python3
"""Plays seeded transcripts to this engine and to the real ovsdb-server, and compares every reply, every update and the
rows at the end.

    differential-test.py SERVE SCHEMA... [--transcripts N] [--seed S] [--only I]

What is compared: results with their order, names of errors (their words are each server's own), notifications.  UUIDs
are compared by the operation that made them.  Columns _version, the order of rows in a select and the ids of
transactions are each server's own: the real one has none for a database that is not clustered.
"""
import argparse
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

from wire import Wire, listens

UUID_LENGTH = 36


# ---- servers ---------------------------------------------------------------------------------------------------------

class Servers:
    """Both servers, on sockets in a directory of their own."""

    def __init__(self, serve, schema_path):
        self.directory = tempfile.mkdtemp(prefix='ovsdb-diff-')
        at = lambda name: os.path.join(self.directory, name)
        subprocess.run(['ovsdb-tool', 'create', at('real.db'), schema_path], check=True)
        self.processes = [
            subprocess.Popen([serve, schema_path, 'punix:' + at('ours.sock')], stdout=subprocess.DEVNULL),
            subprocess.Popen(['ovsdb-server', '--remote=punix:' + at('real.sock'), '--unixctl=' + at('ctl'),
                              '--no-chdir', '-vconsole:off', at('real.db')]),
        ]
        self.paths = [at('ours.sock'), at('real.sock')]
        deadline = time.monotonic() + 10
        while not all(map(listens, self.paths)):
            if time.monotonic() > deadline:
                raise RuntimeError('a server did not start')
            time.sleep(0.01)

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait()
        shutil.rmtree(self.directory)


# ---- one side --------------------------------------------------------------------------------------------------------

def is_uuid(text):
    return isinstance(text, str) and len(text) == UUID_LENGTH and text.count('-') == 4


def is_chosen(uuid):
    """Made up by the transcript, or a default."""
    return uuid.startswith('00000000-0000-')


class Side:
    """A server's half of a transcript: labels stand for its uuids.  What asks returns what waits for the answer, so that
    both servers work at the same time."""

    def __init__(self, path, database):
        self.database = database
        self.writer, self.watcher = Wire(path), Wire(path)
        self.uuid_of, self.label_of = {}, {}

    def name(self, label, uuid):
        if uuid not in self.label_of:
            self.uuid_of[label], self.label_of[uuid] = uuid, label

    def own(self, value):
        """Labels become this side's uuids."""
        if isinstance(value, list):
            return [self.own(v) for v in value]
        if isinstance(value, dict):
            return {k: self.own(v) for k, v in value.items()}
        return self.uuid_of.get(value, value) if isinstance(value, str) else value

    def common(self, value):
        """The other way, with sets and maps in one order."""
        if isinstance(value, list):
            value = [self.common(v) for v in value]
            if len(value) == 2 and value[0] in ('set', 'map') and isinstance(value[1], list):
                value[1].sort(key=json.dumps)
            return value
        if isinstance(value, dict):
            return {self.label_of.get(k, k): self.common(v) for k, v in value.items()}
        return self.label_of.get(value, value if is_chosen(value) else 'unknown') if is_uuid(value) else value

    def transact(self, operations, labels):
        self.writer.begin('transact', self.database, *self.own(operations))
        return lambda: self.results(labels)

    def results(self, labels):
        reply = self.writer.reply()
        if reply.get('result') is None:
            return {'refused': error_name(reply['error'])}
        for label, result in zip(labels, reply['result']):
            if label and isinstance(result, dict) and 'uuid' in result and result.get('error') is None:
                self.name(label, result['uuid'][1])
        return [tidy(self.common(result)) for result in reply['result']]

    def watch(self, method, params):
        self.watcher.begin(method, *self.own(params))
        return lambda: self.watched(method)

    def watched(self, method):
        reply = self.watcher.reply()
        if reply.get('error') is not None:
            return 'refused'
        result = self.common(reply['result'])
        return [result[0], 'transaction', result[2]] if method == 'monitor_cond_since' else result

    def watch_and_updates(self, method, params):
        answer = self.watch(method, params)
        return lambda: (answer(), self.updates()())

    def updates(self):
        self.watcher.begin('echo')
        return self.updated

    def updated(self):
        messages = [self.common(message) for message in self.watcher.notifications_until_reply()]
        for message in messages:
            if message['method'] == 'update3':
                message['params'][1] = 'transaction'
        return messages

    def close(self):
        self.writer.close()
        self.watcher.close()


def error_name(error):
    return error.get('error') if isinstance(error, dict) else error


def tidy(result):
    if isinstance(result, dict) and result.get('error') is not None:
        return {'error': result['error']}
    if isinstance(result, dict) and 'rows' in result:
        return {'rows': sorted(result['rows'], key=lambda row: json.dumps(row, sort_keys=True))}
    return result


# ---- making transcripts ----------------------------------------------------------------------------------------------

class Maker:
    """Random operations over a schema: most make sense, some do not."""

    def __init__(self, schema, chance):
        self.schema, self.chance = schema, chance
        self.rows = {table: [] for table in schema['tables']}   # labels of rows that were inserted
        self.count = itertools.count()
        self.names = {}                                         # of this transaction: table -> names

    def table(self):
        return self.chance.choice(sorted(self.schema['tables']))

    def columns(self, table):
        return self.schema['tables'][table]['columns']

    def sometimes(self, probability):
        return self.chance.random() < probability

    def string(self):
        return self.chance.choice(['', 'x', 'y', 'ab', 'abc', 'äöü', 'long enough', '"\\\n', 'ⅷ'])

    def reference(self, table):
        named = self.names.get(table, [])
        if named and self.sometimes(0.5):
            return ['named-uuid', self.chance.choice(named)]
        if self.rows[table] and self.sometimes(0.9):
            return ['uuid', self.chance.choice(self.rows[table])]
        if self.sometimes(0.5):
            return ['named-uuid', 'nobody']
        return ['uuid', '00000000-0000-4000-8000-%012d' % self.chance.randrange(3)]

    def atom(self, base):
        base = {'type': base} if isinstance(base, str) else base
        if self.sometimes(0.02):
            return self.chance.choice([None, True, 1.5, 'text', [], {}, ['uuid', 'x'], ['set', []]])
        kind = base['type']
        if 'enum' in base and self.sometimes(0.95):
            choices = base['enum']
            return self.chance.choice(choices[1] if isinstance(choices, list) else [choices])
        if kind == 'integer':
            return self.chance.choice([0, 1, 2, 3, 4, 5, 7, 100, 101, -1, 2 ** 63 - 1, -2 ** 63, 2 ** 31])
        if kind == 'real':
            return self.chance.choice([0, 1, 0.5, -0.25, 2.5, 1e10, -10.5, 100])
        if kind == 'boolean':
            return self.sometimes(0.5)
        if kind == 'string':
            return self.string()
        if 'refTable' in base:
            return self.reference(base['refTable'])
        return ['uuid', '00000000-0000-4000-8000-%012d' % self.chance.randrange(3)]

    def value(self, type_, size=None):
        if isinstance(type_, str) or type_.get('min', 1) == type_.get('max', 1) == 1 and 'value' not in type_:
            return self.atom(type_ if isinstance(type_, str) else type_['key'])
        n = self.chance.choice([0, 1, 1, 2, 2, 3, 4, 6]) if size is None else size
        if 'value' in type_:
            pairs = [[self.atom(type_['key']), self.atom(type_['value'])] for _ in range(n)]
            return ['map', self.unrepeated(pairs, lambda pair: pair[0])]
        if n == 1 and self.sometimes(0.5):
            return self.atom(type_['key'])
        return ['set', self.unrepeated([self.atom(type_['key']) for _ in range(n)], lambda atom: atom)]

    def unrepeated(self, elements, key):
        """A repeated element is an error: rarely wanted."""
        if self.sometimes(0.05):
            return elements
        seen, kept = set(), []
        for element in elements:
            mark = json.dumps(key(element))
            if mark not in seen:
                seen.add(mark)
                kept.append(element)
        return kept

    def row(self, table, probability=0.5):
        row = {column: self.value(spec['type']) for column, spec in sorted(self.columns(table).items())
               if self.sometimes(probability)}
        if self.sometimes(0.01):
            row['nonsense'] = 1
        return row

    def clause(self, table):
        if self.sometimes(0.03):
            return self.chance.choice([True, False, 5, ['i', '=='], []])
        if self.rows[table] and self.sometimes(0.4):
            return ['_uuid', self.chance.choice(['==', '==', '==', '!=', 'includes', 'excludes']),
                    ['uuid', self.chance.choice(self.rows[table])]]
        column = self.chance.choice(sorted(self.columns(table)))
        function = self.chance.choice(['==', '==', '!=', '<', '<=', '>', '>=', 'includes', 'excludes', '~'])
        return [column, function, self.value(self.columns(table)[column]['type'])]

    def where(self, table):
        return [self.clause(table) for _ in range(self.chance.choice([0, 0, 1, 1, 1, 2]))]

    def mutation(self, table):
        column = self.chance.choice(sorted(self.columns(table)))
        type_ = self.columns(table)[column]['type']
        key = type_ if isinstance(type_, str) else type_['key']
        kind = key if isinstance(key, str) else key['type']
        if kind in ('integer', 'real') and self.sometimes(0.6):
            mutator = self.chance.choice(['+=', '-=', '*=', '/=', '%='])
            # The real server 3.1 dies of multiplying -2^63 by 0.
            numbers = [1, 2, -1, 3, 2 ** 62] + ([0.5] if kind == 'real' else []) + ([0] if mutator != '*=' else [])
            return [column, mutator, self.chance.choice(numbers)]
        mutator = self.chance.choice(['insert', 'delete', 'insert', 'delete', 'frob' if self.sometimes(0.1) else 'insert'])
        if mutator == 'delete' and isinstance(type_, dict) and 'value' in type_ and self.sometimes(0.5):
            return [column, 'delete', self.value({'key': type_['key'], 'min': 0, 'max': 'unlimited'})]
        return [column, mutator, self.value(type_)]

    def some_columns(self, table):
        columns = sorted(self.columns(table))
        return self.chance.sample(columns, self.chance.randrange(1, len(columns) + 1))

    def operation(self):
        table = self.table()
        kind = self.chance.choices(['insert', 'select', 'update', 'mutate', 'delete', 'wait', 'comment', 'abort', 'assert',
                                    'commit', 'broken'], [40, 8, 16, 20, 10, 5, 1, 1, 1, 1, 2])[0]
        operation = {'op': kind, 'table': table}
        label = None
        if kind == 'insert':
            label = 'row-%d' % next(self.count)
            operation['row'] = self.row(table)
            if self.sometimes(0.5):
                operation['uuid-name'] = self.chance.choice(['a', 'b', 'c', 'n%d' % self.chance.randrange(100)])
                self.names.setdefault(table, []).append(operation['uuid-name'])
            if self.sometimes(0.05):
                operation['uuid'] = '00000000-0000-4000-8000-%012d' % self.chance.randrange(5)
            self.rows[table].append(label)
        elif kind == 'select':
            operation.update(where=self.where(table), columns=self.some_columns(table))
        elif kind == 'update':
            operation.update(where=self.where(table), row=self.row(table, 0.2))
        elif kind == 'mutate':
            operation.update(where=self.where(table),
                             mutations=[self.mutation(table) for _ in range(self.chance.choice([1, 1, 2, 3]))])
        elif kind == 'delete':
            operation.update(where=self.where(table))
        elif kind == 'wait':
            columns = self.some_columns(table)
            operation.update(where=self.where(table), columns=columns, timeout=0,
                             until=self.chance.choice(['==', '!=', '!=', '!=']),
                             rows=[{c: self.value(self.columns(table)[c]['type']) for c in columns}
                                   for _ in range(self.chance.choice([0, 1, 2]))])
        else:
            operation = {'comment': {'op': 'comment', 'comment': self.string()}, 'abort': {'op': 'abort'},
                         'assert': {'op': 'assert', 'lock': 'L'},
                         'commit': {'op': 'commit', 'durable': self.sometimes(0.5)},
                         'broken': self.chance.choice([5, {}, {'op': 7}, {'op': 'frob'}, {'op': 'delete'},
                                                       {'op': 'delete', 'table': 'Nope', 'where': []},
                                                       {'op': 'select', 'table': table, 'where': [], 'columns': ['nope']},
                                                       {'op': 'delete', 'table': table, 'where': [], 'more': 1}])}[kind]
        return operation, label

    def transaction(self):
        self.names = {}
        made = [self.operation() for _ in range(self.chance.choice([1, 1, 2, 3, 5, 8]))]
        return [operation for operation, _ in made], [label for _, label in made]

    def monitor(self, database):
        method = self.chance.choice(['monitor', 'monitor_cond', 'monitor_cond_since'])
        requests = {}
        for table in sorted(self.schema['tables']):
            if not self.sometimes(0.8):
                continue
            request = {'columns': self.some_columns(table)}
            if self.sometimes(0.3):
                request['select'] = {kind: self.sometimes(0.5) for kind in ('initial', 'insert', 'delete', 'modify')}
            if method != 'monitor' and self.sometimes(0.5):
                request['where'] = self.where(table)
            requests[table] = [request] if method != 'monitor' or self.sometimes(0.5) else request
        since = ['00000000-0000-0000-0000-000000000000'] if method == 'monitor_cond_since' else []
        return method, [database, 'watch', requests] + since, requests

    def changed_conditions(self, requests):
        changed = {table: [{'where': self.where(table)}] for table in sorted(requests) if self.sometimes(0.6)}
        return ['watch', 'watch', changed]


# ---- playing ---------------------------------------------------------------------------------------------------------

class Different(Exception):
    pass


def shuffled(value, chance):
    """The same operation with its members and elements in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        value = [shuffled(v, chance) for v in value]
        if len(value) == 2 and value[0] in ('set', 'map') and isinstance(value[1], list):
            chance.shuffle(value[1])
    return value


def names_another_mistake(side, operations, ours, real):
    """An operation with several mistakes may be refused for any of them, and the real server takes columns in the order
    of a hash.  Whether this engine, too, names the other mistake when it comes upon it first."""
    wrong = [i for i, (a, b) in enumerate(zip(ours, real)) if a != b]
    if len(ours) != len(real) or len(wrong) != 1 or 'error' not in (ours[wrong[0]] or {}) or 'error' not in (real[wrong[0]] or {}):
        return False
    chance = random.Random(0)
    at = wrong[0]
    for _ in range(60):
        retry = operations[:at] + [shuffled(operations[at], chance)] + operations[at + 1:]
        if side.transact(retry, [None] * len(retry))()[at] == real[at]:
            return True
    return False


def both_transact(sides, operations, labels):
    known = dict(sides[0].uuid_of)
    ours, real = answers([side.transact(operations, labels) for side in sides])
    if ours == real:
        return
    as_sent = Side.__new__(Side)
    as_sent.__dict__.update(sides[0].__dict__, uuid_of=known)
    if not (isinstance(ours, list) and isinstance(real, list) and names_another_mistake(as_sent, operations, ours, real)):
        raise Different(differing(json.dumps(operations, ensure_ascii=False), ours, real))


def differing(what, ours, real):
    return '%s\n# ours %s\n# real %s' % (what, json.dumps(ours, sort_keys=True, ensure_ascii=False),
                                         json.dumps(real, sort_keys=True, ensure_ascii=False))


def answers(waiting):
    return [answer() for answer in waiting]


def both(sides, what, call):
    ours, real = answers([call(side) for side in sides])
    if ours != real:
        raise Different(differing(what, ours, real))
    return ours


def everything(schema):
    return [{'op': 'select', 'table': table, 'where': [], 'columns': ['_uuid'] + sorted(spec['columns'])}
            for table, spec in sorted(schema['tables'].items())]


def wipe(schema):
    """References are checked at commit: all may go at once."""
    return [{'op': 'delete', 'table': table, 'where': []} for table in sorted(schema['tables'])]


def play(sides, schema, chance):
    maker = Maker(schema, chance)
    n = chance.randrange(4, 16)
    watch_at = chance.randrange(n)
    requests = None
    both(sides, 'wipe', lambda side: side.transact(wipe(schema), [None] * len(schema['tables'])))
    for step in range(n):
        if step == watch_at:
            method, params, requests = maker.monitor(schema['name'])
            answer = both(sides, '%s %s' % (method, json.dumps(params)), lambda side: side.watch(method, params))
            if answer == 'refused':
                requests = None
        elif requests is not None and method != 'monitor' and chance.random() < 0.2:
            change = maker.changed_conditions(requests)
            both(sides, 'monitor_cond_change %s' % json.dumps(change),
                 lambda side: side.watch_and_updates('monitor_cond_change', change))
        operations, labels = maker.transaction()
        both_transact(sides, operations, labels)
        if step >= watch_at:    # nobody is told anything before
            both(sides, 'updates after ' + json.dumps(operations, ensure_ascii=False), lambda side: side.updates())
    both(sides, 'rows at the end', lambda side: side.transact(everything(schema), [None] * 99))


def run_schema(options, schema_path, first, n):
    """The number of transcripts that differ."""
    with open(schema_path, encoding='utf-8') as stream:
        schema = json.load(stream)
    servers = Servers(options.serve, schema_path)
    n_different = 0
    try:
        for i in range(first, first + n):
            if options.only is not None and i != options.only:
                continue
            sides = [Side(path, schema['name']) for path in servers.paths]
            try:
                play(sides, schema, random.Random('%d %d' % (options.seed, i)))
            except Different as difference:
                n_different += 1
                if n_different <= options.show:
                    print('# transcript %d of %s: %s' % (i, schema['name'], difference))
            except EOFError as error:
                n_different += 1
                print('# transcript %d of %s: %s' % (i, schema['name'], error))
                break
            finally:
                for side in sides:
                    side.close()
    finally:
        servers.stop()
    return n_different


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('serve')
    parser.add_argument('schemas', nargs='+')
    parser.add_argument('--transcripts', type=int, default=510)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', type=int)
    parser.add_argument('--show', type=int, default=5)
    options = parser.parse_args()
    if not shutil.which('ovsdb-server'):
        print('1..0 # SKIP ovsdb-server is not installed')
        return 0
    each = -(-options.transcripts // len(options.schemas))
    print('1..%d' % len(options.schemas))
    failed = 0
    for i, path in enumerate(options.schemas):
        different = run_schema(options, path, i * each, each)
        failed += different > 0
        print('%s %d - %d transcripts over %s: replies, updates and rows are the real server\'s%s'
              % ('not ok' if different else 'ok', i + 1, each, os.path.basename(path),
                 ' (%d differ)' % different if different else ''), flush=True)
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
