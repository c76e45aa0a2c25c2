"""Between a client and a server: writes down what is asked, refuses methods as an older server would, cuts connections."""
import codecs
import json
import os
import socket
import threading


class Proxy:
    """Listens on a unix socket and passes on to another; `asked` holds the methods of all requests so far."""

    def __init__(self, server, path, refused=()):
        self.server, self.path, self.refused = str(server), str(path), set(refused)
        self.asked = []
        self.bytes_left = None  # after so many bytes to a client its connection is cut; None: never
        self.pairs = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.target = f"unix:{self.path}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.server)
            except OSError:
                client.close()
                continue
            self.pairs.append((client, server))
            threading.Thread(target=self.requests, args=(client, server), daemon=True).start()
            threading.Thread(target=self.answers, args=(client, server), daemon=True).start()

    def requests(self, client, server):
        decoder, text, kept = json.JSONDecoder(), codecs.getincrementaldecoder("utf-8")(), ""
        while data := self.receive(client):
            kept += text.decode(data)
            while kept := kept.lstrip():
                try:
                    message, end = decoder.raw_decode(kept)
                except json.JSONDecodeError:
                    break
                self.request(client, server, message, kept[:end])
                kept = kept[end:]
        self.end(client, server)

    def request(self, client, server, message, text):
        method, params = message.get("method"), message.get("params") or [None]
        if method:
            self.asked.append(method)
        if method in self.refused or (isinstance(params[0], str) and (method, params[0]) in self.refused):
            client.sendall(json.dumps({"id": message["id"], "result": None, "error": "unknown method"}).encode())
        else:
            server.sendall(text.encode())

    def answers(self, client, server):
        while data := self.receive(server):
            if self.bytes_left is not None:
                data = data[:self.bytes_left]
                self.bytes_left -= len(data)
            try:
                client.sendall(data)
            except OSError:
                break
            if self.bytes_left == 0:
                self.bytes_left = None
                break
        self.end(client, server)

    def cut(self):
        """Ends every connection."""
        for pair in self.pairs:
            self.end(*pair)
        self.pairs.clear()

    def close(self):
        self.listener.close()
        os.unlink(self.path)
        self.cut()

    @staticmethod
    def receive(stream):
        try:
            return stream.recv(1 << 16)
        except OSError:
            return b""

    @staticmethod
    def end(*streams):
        for stream in streams:
            try:
                stream.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
