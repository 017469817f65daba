"""A program that is told by webhooks, for tests: it checks what it hears with the official library of Standard Webhooks.

Usage: webhook_server.py FOLDER SECRET [PORT]
Writes the certificate of its authority to FOLDER/authority.pem, says "ready PORT", then each request as a line of JSON. The path
says how it answers: /redirect, /gone, /refuse, /down, /slow, /endless, /hang-up; all else takes what it hears. A line
"status CODE" on its input has all else answer that from then on, "secret TEXT" has it check with another secret. Ends when
its input closes.
"""

import json
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from standardwebhooks import Webhook

FOLDER = Path(sys.argv[1])
state = {"secret": sys.argv[2], "status": 204}
ANSWERS = {"/gone": 410, "/refuse": 400, "/down": 503}
said = threading.Lock()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            Webhook(state["secret"]).verify(body, dict(self.headers.items()))
            verified = True
        except Exception:
            verified = False
        with said:
            print(
                json.dumps(
                    {
                        "path": self.path,
                        "headers": {name.lower(): value for name, value in self.headers.items()},
                        "body": body.decode(),
                        "verified": verified,
                    }
                ),
                flush=True,
            )
        self.answer()

    do_GET = do_PUT = do_POST

    def answer(self):
        if self.path == "/hang-up":
            return self.connection.close()
        if self.path == "/slow":
            time.sleep(30)
        if self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        if self.path == "/redirect":
            self.send_response(307)
            self.send_header("location", "/elsewhere")
        else:
            self.send_response(ANSWERS.get(self.path, state["status"]))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Broken connections are what the tests are about."""


authority = trustme.CA()
authority.cert_pem.write_to_path(FOLDER / "authority.pem")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
server = Server(("127.0.0.1", int(sys.argv[3]) if len(sys.argv) > 3 else 0), Receiver)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"ready {server.server_address[1]}", flush=True)
for line in sys.stdin:
    what, value = line.split()
    state[what] = int(value) if what == "status" else value
