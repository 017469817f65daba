"""A mock of GOV.UK Notify behind TLS, for tests. It is not Notify and says so in each answer.

Usage: notify_mock.py FOLDER
Writes the certificate of its authority to FOLDER/authority.pem, says "ready PORT", then each path it was asked for.
Ends when its input closes.
"""

import http.server
import json
import os
import ssl
import sys
import threading
from pathlib import Path

import trustme


class Handler(http.server.BaseHTTPRequestHandler):
    server_version = "a mock, not GOV.UK Notify"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"id": "bfb50d92-100d-4b8b-b559-14fa3b091cda"}).encode()
        print(self.path, flush=True)
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass


authority = trustme.CA()
authority.cert_pem.write_to_path(Path(sys.argv[1]) / "authority.pem")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
authority.issue_cert("localhost").configure_cert(context)
server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
