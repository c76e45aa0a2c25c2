#!/usr/bin/env python3
"""The real tools on this engine, and its client on the real server.

    tools-test.py SERVE REPLICA-PRINT HARDWARE-VTEP-SCHEMA OPEN-VSWITCH-SCHEMA
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from wire import listens

SERVE, REPLICA, VTEP, OVS = sys.argv[1:5]
directory = tempfile.mkdtemp(prefix='ovsdb-tools-')
started = []


def at(name):
    return os.path.join(directory, name)


def start(*command, stdout=subprocess.DEVNULL):
    process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, text=True)
    started.append(process)
    return process


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, 'it did not happen in time'
        time.sleep(0.01)


def serve(schema, name, *more):
    """The engine on a socket of that name; the target that reaches it."""
    process = start(SERVE, schema, 'punix:' + at(name), *more)
    wait_for(lambda: listens(at(name)))
    return process, 'unix:' + at(name)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, '%s: %s' % (' '.join(command), done.stderr)
    return done.stdout


def fails(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stderr


# ---- structure of schemas --------------------------------------------------------------------------------------------

def base_of(base):
    base = dict(base) if isinstance(base, dict) else {'type': base}
    if 'enum' in base:
        base['enum'] = sorted(base['enum'][1]) if isinstance(base['enum'], list) else [base['enum']]
    if 'refTable' in base:
        base.setdefault('refType', 'strong')
    return base


def type_of(type_):
    type_ = type_ if isinstance(type_, dict) else {'key': type_}
    return {'key': base_of(type_['key']), 'value': base_of(type_['value']) if 'value' in type_ else None,
            'min': type_.get('min', 1), 'max': type_.get('max', 1)}


def structure(path):
    with open(path, encoding='utf-8') as stream:
        schema = json.load(stream)
    return {name: (table.get('isRoot', False), table.get('maxRows'), sorted(map(sorted, table.get('indexes', []))),
                   {column: (type_of(spec['type']), spec.get('ephemeral', False), spec.get('mutable', True))
                    for column, spec in table['columns'].items()})
            for name, table in schema['tables'].items()}


# ---- tests -----------------------------------------------------------------------------------------------------------

def schemas_are_the_installed_ones():
    for ours, installed in ((VTEP, 'vtep.ovsschema'), (OVS, 'vswitch.ovsschema')):
        path = '/usr/share/openvswitch/' + installed
        if os.path.exists(path):
            assert structure(ours) == structure(path), installed


def vtep_ctl_configures_a_tor():
    _, target = serve(VTEP, 'vtep.sock')
    vtep = ['vtep-ctl', '--timeout=10', '--db=' + target]
    run(*vtep, 'add-ps', 'tor1', '--', 'add-port', 'tor1', 'em3', '--', 'add-ls', 'ls-5001',
        '--', 'set', 'Logical_Switch', 'ls-5001', 'tunnel_key=5001')
    run(*vtep, 'bind-ls', 'tor1', 'em3', '2901', 'ls-5001')
    run(*vtep, 'add-mcast-remote', 'ls-5001', 'unknown-dst', '10.8.125.18')
    run(*vtep, 'add-ucast-remote', 'ls-5001', 'fa:16:3e:00:00:11', '10.8.125.18')
    assert run(*vtep, 'list-bindings', 'tor1', 'em3') == '2901 ls-5001\n'
    assert 'fa:16:3e:00:00:11 -> vxlan_over_ipv4/10.8.125.18' in run(*vtep, 'list-remote-macs', 'ls-5001')
    assert '2901=ls-5001' in run(*vtep, 'show')
    assert 'referential integrity violation' in fails(*vtep, 'del-ls', 'ls-5001')
    run(*vtep, 'clear-remote-macs', 'ls-5001', '--', 'unbind-ls', 'tor1', 'em3', '2901', '--', 'del-ls', 'ls-5001')
    assert run(*vtep, 'list-ls') == '' and run(*vtep, '--columns=dst_ip', 'list', 'Physical_Locator') == ''
    run(*vtep, 'set-manager', 'punix:' + at('manager.sock'))
    wait_for(lambda: listens(at('manager.sock')))
    assert 'hardware_vtep' in run('ovsdb-client', 'list-dbs', 'unix:' + at('manager.sock'))
    run(*vtep, 'del-manager')
    wait_for(lambda: not os.path.exists(at('manager.sock')))


def ovs_vsctl_configures_a_compute():
    _, target = serve(OVS, 'ovs.sock')
    vsctl = ['ovs-vsctl', '--timeout=10', '--no-wait', '--db=' + target]
    run(*vsctl, 'init')
    run(*vsctl, 'add-br', 'br-int', '--', 'set-controller', 'br-int', 'tcp:10.8.125.18:6653',
        '--', 'set', 'Bridge', 'br-int', 'protocols=OpenFlow13', 'fail_mode=secure')
    run(*vsctl, 'add-port', 'br-int', 'tun1', '--', 'set', 'Interface', 'tun1', 'type=vxlan',
        'options:remote_ip=10.8.125.20', 'options:key=flow')
    run(*vsctl, 'set-manager', 'ptcp:16699:127.0.0.1')
    assert run(*vsctl, 'list-ports', 'br-int') == 'tun1\n'
    assert 'remote_ip="10.8.125.20"' in run(*vsctl, 'show')
    assert run(*vsctl, 'get-controller', 'br-int') == 'tcp:10.8.125.18:6653\n'
    run(*vsctl, 'del-br', 'br-int')
    assert run(*vsctl, '--columns=name', 'list', 'Interface') == ''


def ovsdb_client_reads_and_waits():
    _, target = serve(VTEP, 'client.sock')
    client = ['ovsdb-client', '--timeout=10']
    assert run(*client, 'list-dbs', target).split() == ['_Server', 'hardware_vtep']
    assert run(*client, 'get-schema-version', target, 'hardware_vtep') == '1.7.0\n'
    assert json.loads(run(*client, 'get-schema', target, 'hardware_vtep'))['name'] == 'hardware_vtep'
    assert 'cannot' not in run(*client, 'wait', target, 'hardware_vtep', 'connected')
    operations = ['hardware_vtep', {'op': 'insert', 'table': 'Logical_Switch', 'row': {'name': 'blue'}}]
    assert 'uuid' in run(*client, 'transact', target, json.dumps(operations))
    assert 'blue' in run(*client, 'dump', target, 'hardware_vtep', 'Logical_Switch', 'name')
    with open(at('backup'), 'w', encoding='utf-8') as stream:
        stream.write(run(*client, 'backup', target, 'hardware_vtep'))
    assert run('ovsdb-tool', 'db-name', at('backup')) == 'hardware_vtep\n'
    for command in ('monitor', 'monitor-cond', 'monitor-cond-since'):
        more = {'monitor': ['Logical_Switch', 'name'], 'monitor-cond': ['[["name","==","red"]]', 'Logical_Switch', 'name'],
                'monitor-cond-since': ['00000000-0000-0000-0000-000000000000', '[true]', 'Logical_Switch', 'name']}[command]
        watcher = start(*client, '--format=csv', command, target, 'hardware_vtep', *more, stdout=subprocess.PIPE)
        if command != 'monitor-cond':
            while 'initial' not in watcher.stdout.readline():
                pass
        else:
            time.sleep(0.3)
        run(*client, 'transact', target, json.dumps(['hardware_vtep', {'op': 'insert', 'table': 'Logical_Switch',
                                                                       'row': {'name': 'red'}}]))
        line = watcher.stdout.readline()
        while 'red' not in line:
            line = watcher.stdout.readline()
        assert 'insert' in line, line
        watcher.terminate()
        run(*client, 'transact', target, json.dumps(['hardware_vtep', {'op': 'delete', 'table': 'Logical_Switch',
                                                                       'where': [['name', '==', 'red']]}]))


def a_lock_is_one_clients_at_a_time():
    _, target = serve(VTEP, 'lock.sock')
    first = start('ovsdb-client', 'lock', target, 'L', stdout=subprocess.PIPE)
    assert first.stdout.readline() == '{"locked":true}\n'
    second = start('ovsdb-client', 'lock', target, 'L', stdout=subprocess.PIPE)
    assert second.stdout.readline() == '{"locked":false}\n'
    first.terminate()
    assert second.stdout.readline().strip() == 'locked'
    second.terminate()


def the_idl_of_python_follows():
    script = '''
import sys
sys.path.insert(0, '/usr/lib/python3/dist-packages')
import ovs.db.idl, ovs.poller
schema = ovs.db.idl.SchemaHelper(sys.argv[2])
schema.register_all()
idl = ovs.db.idl.Idl(sys.argv[1], schema)
idl.run()
while not idl.has_ever_connected():
    poller = ovs.poller.Poller()
    idl.wait(poller)
    poller.block()
    idl.run()
txn = ovs.db.idl.Transaction(idl)
switch = txn.insert(idl.tables['Logical_Switch'])
switch.name = 'green'
switch.other_config = {'a': 'b'}
assert txn.commit_block() == txn.SUCCESS
print([row.name for row in idl.tables['Logical_Switch'].rows.values()])
'''
    _, target = serve(VTEP, 'idl.sock')
    assert run('/usr/bin/python3', '-c', script, target, VTEP) == "['green']\n"


def rows_survive_a_kill():
    process, target = serve(VTEP, 'kill.sock', '--db', at('kill.db'))
    for i in range(20):
        run('ovsdb-client', 'transact', target, json.dumps(['hardware_vtep', {
            'op': 'insert', 'table': 'Logical_Switch', 'row': {'name': 'ls%d' % i}}]))
    process.kill()
    process.wait()
    assert run('ovsdb-tool', 'db-name', at('kill.db')) == 'hardware_vtep\n'
    log = run('ovsdb-tool', 'query', at('kill.db'), json.dumps(['hardware_vtep', {
        'op': 'select', 'table': 'Logical_Switch', 'where': []}]))
    assert log.count('"ls') == 20
    os.unlink(at('kill.sock'))
    _, target = serve(VTEP, 'kill.sock', '--db', at('kill.db'))
    assert run('ovsdb-client', 'dump', target, 'hardware_vtep', 'Logical_Switch', 'name').count('ls') == 20


def a_file_of_the_real_server_opens():
    run('ovsdb-tool', 'create', at('real.db'), VTEP)
    for operations in ([{'op': 'insert', 'table': 'Logical_Switch', 'row': {'name': 'a', 'other_config': ['map', [['k', 'v']]]}}],
                       [{'op': 'mutate', 'table': 'Logical_Switch', 'where': [],
                         'mutations': [['other_config', 'insert', ['map', [['l', 'w']]]]]}]):
        run('ovsdb-tool', 'transact', at('real.db'), json.dumps(['hardware_vtep', *operations]))
    _, target = serve(VTEP, 'from-real.sock', '--db', at('real.db'))
    assert '{k=v, l=w}' in run('ovsdb-client', 'dump', target, 'hardware_vtep', 'Logical_Switch')


def the_client_follows_the_real_server():
    def real_server():
        process = start('ovsdb-server', '--remote=punix:' + at('theirs.sock'), '--unixctl=' + at('ctl'), '--no-chdir',
                        at('theirs.db'))
        wait_for(lambda: listens(at('theirs.sock')))
        return process

    def change(*operations):
        run('ovsdb-client', 'transact', 'unix:' + at('theirs.sock'), json.dumps(['hardware_vtep', *operations]))

    def names():
        line = replica.stdout.readline().split(' ', 2)
        return line[0].strip(), json.loads(line[2])['name'] if len(line) == 3 else ''

    run('ovsdb-tool', 'create', at('theirs.db'), VTEP)
    server = real_server()
    replica = start(REPLICA, 'unix:' + at('theirs.sock'), 'hardware_vtep', 'Logical_Switch', '{"name":"mine"}',
                    stdout=subprocess.PIPE)
    assert names()[0] == 'ready' and names() == ('insert', 'mine')
    assert '["uuid"' in replica.stdout.readline()
    change({'op': 'insert', 'table': 'Logical_Switch', 'row': {'name': 'theirs'}})
    assert names() == ('insert', 'theirs')
    server.terminate()
    server.wait()
    assert names()[0] == 'disconnected'
    run('ovsdb-tool', 'transact', at('theirs.db'), json.dumps(['hardware_vtep', {
        'op': 'delete', 'table': 'Logical_Switch', 'where': [['name', '==', 'theirs']]}]))
    real_server()
    # Only what differs is heard; the insert it makes when ready is refused, for the name is taken.
    assert names() == ('delete', 'theirs') and names()[0] == 'ready'
    assert 'constraint violation' in replica.stdout.readline()


def a_stopped_server_ends_cleanly():
    process, _ = serve(VTEP, 'stop.sock')
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0 and not os.path.exists(at('stop.sock'))


TESTS = [
    ('the schemas have the structure of the installed ones', schemas_are_the_installed_ones),
    ('vtep-ctl configures a TOR, and the server follows its managers', vtep_ctl_configures_a_tor),
    ('ovs-vsctl configures a compute', ovs_vsctl_configures_a_compute),
    ('ovsdb-client lists, dumps, backs up, waits and monitors in three ways', ovsdb_client_reads_and_waits),
    ('a lock goes from one client to the next', a_lock_is_one_clients_at_a_time),
    ('the IDL of python3-openvswitch follows and commits', the_idl_of_python_follows),
    ('rows survive a kill, and ovsdb-tool reads the journal', rows_survive_a_kill),
    ('a database file of the real server opens', a_file_of_the_real_server_opens),
    ('the client follows the real server over a restart', the_client_follows_the_real_server),
    ('a server ends cleanly when it is told to', a_stopped_server_ends_cleanly),
]


def main():
    missing = [tool for tool in ('vtep-ctl', 'ovs-vsctl', 'ovsdb-client', 'ovsdb-tool', 'ovsdb-server')
               if not shutil.which(tool)]
    if missing:
        print('1..0 # SKIP not installed: %s' % ', '.join(missing))
        return 0
    failed = 0
    print('1..%d' % len(TESTS))
    for i, (name, test) in enumerate(TESTS):
        problem = None
        try:
            test()
        except (AssertionError, OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
            problem = repr(error)
        print('%s %d - %s' % ('not ok' if problem else 'ok', i + 1, name), flush=True)
        if problem:
            failed += 1
            print('# ' + problem.replace('\n', '\n# '))
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
    shutil.rmtree(directory)
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
