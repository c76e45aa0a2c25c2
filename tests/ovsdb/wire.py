"""An OVSDB connection over a unix socket, for tests: messages in, messages out, nothing hidden."""
import codecs
import json
import socket


def listens(path):
    """A socket's file is there a moment before its server listens, and stays when the server is killed."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


class Wire:
    def __init__(self, path, timeout=10):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.buffer = ''
        self.text = codecs.getincrementaldecoder('utf-8')()  # a read may end inside a character
        self.decoder = json.JSONDecoder()
        self.notifications = []
        self.next_id = 0

    def send(self, message):
        self.socket.sendall(json.dumps(message).encode())

    def receive(self):
        while True:
            self.buffer = self.buffer.lstrip()
            if self.buffer:
                try:
                    message, end = self.decoder.raw_decode(self.buffer)
                    self.buffer = self.buffer[end:]
                    return message
                except json.JSONDecodeError:
                    pass
            data = self.socket.recv(1 << 20)
            if not data:
                raise EOFError('the server closed the connection')
            self.buffer += self.text.decode(data)

    def ask(self, method, *params):
        """The reply; notifications that came before it are kept."""
        self.begin(method, *params)
        return self.reply()

    def begin(self, method, *params):
        """Asks; reply() waits for the answer, which is to be taken before the next question."""
        self.next_id += 1
        self.send({'id': self.next_id, 'method': method, 'params': list(params)})

    def reply(self):
        while True:
            message = self.receive()
            if message.get('id') == self.next_id and 'method' not in message:
                return message
            if message.get('method') == 'echo' and message.get('id') is not None:
                self.send({'id': message['id'], 'result': message['params'], 'error': None})
            else:
                self.notifications.append(message)

    def take_notifications(self):
        self.begin('echo')
        return self.notifications_until_reply()

    def notifications_until_reply(self):
        self.reply()
        taken, self.notifications = self.notifications, []
        return taken

    def close(self):
        self.socket.close()
