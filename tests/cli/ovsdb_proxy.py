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
        self.bytes_left = None  # how much may still go to the client; None: all
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
        if "method" in message:
            self.asked.append(message["method"])
        if message.get("method") in self.refused or (message.get("method"), message.get("params", [None])[0]) in self.refused:
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
