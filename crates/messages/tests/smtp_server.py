"""A mail server for tests: aiosmtpd, which speaks real SMTP, told by the recipient's name how to behave.

Usage: smtp_server.py FOLDER [plain|starttls|tls] [--sign-in] [--ehlo-421]
Writes the certificate of its authority to FOLDER/authority.pem, says "ready PORT", then each message it took as a line
of JSON. Ends when its input closes.
"""

import asyncio
import base64
import json
import logging
import os
import ssl
import sys
import warnings
from pathlib import Path

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

FOLDER, SECURITY, OPTIONS = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
seen = set()
# Broken connections are what the tests are about.
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return ["421 4.3.2 shutting down"] if "--ehlo-421" in OPTIONS else responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "unknown":
            return f"550 5.1.1 <{address}>: no such user here"
        if name == "full":
            return f"452-4.2.2 <{address}>\r\n452 4.2.2 mailbox full"
        if name == "closing":
            return "421 closing"
        if name == "greylisted" and address not in seen:
            seen.add(address)
            return f"451 4.7.1 {address} come back later"
        if name == "hangs-early":
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "spam":
            return f"554 5.7.1 message for {envelope.rcpt_tos[0]} looks like spam"
        if name == "disk":
            return "451 4.3.1 no space"
        print(
            json.dumps(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "tls": session.ssl is not None or SECURITY == "tls",
                    "user": session.auth_data.login.decode() if session.authenticated else None,
                    "content": base64.b64encode(envelope.original_content).decode(),
                }
            ),
            flush=True,
        )
        if name == "hangs-late":
            await asyncio.sleep(3600)
        if name == "drops":
            server.transport.abort()
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"kept", b"open sesame"), handled=False, auth_data=data)


async def main():
    authority = trustme.CA()
    authority.cert_pem.write_to_path(FOLDER / "authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    starttls, tls = SECURITY == "starttls", SECURITY == "tls"

    def server():
        return SMTP(
            Handler(),
            hostname="mail.test",
            enable_SMTPUTF8=False,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_required="--sign-in" in OPTIONS,
            auth_require_tls=starttls,
            authenticator=authenticate,
        )

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(server, "127.0.0.1", 0, ssl=context if tls else None)
    print("ready", listening.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


try:
    asyncio.run(asyncio.wait_for(main(), 300))
finally:
    sys.stdout.flush()
    # Connections that hang on purpose would keep the program.
    os._exit(0)
