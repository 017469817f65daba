"""A store that speaks S3, for tests: moto in a process of its own. Each signed address is checked first, by botocore: an
expired one, or one that was signed with another secret or region, is refused as S3 refuses it.

Usage: server.py [PORT [FOLDER]]
Says "ready PORT". With a folder it speaks TLS: the certificate of its authority, made for this run, is written to
FOLDER/authority.pem, its own is for 127.0.0.1. The bucket `kept` is there; the key is `kept`, its secret `never issued`, the region `eu-west-2`. Lines of
its input change how it behaves: "slow SECONDS" before each answer, "break N" ends the process at the Nth part that is sent
from then on, in the middle of the request, "list" prints what stands in the bucket as one line. Ends when its input closes.
"""

import datetime
import hmac
import logging
import os
import pathlib
import ssl
import sys
import threading
import time
from urllib.parse import parse_qsl, quote

import trustme
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import make_server

KEY, SECRET, REGION, BUCKET = "kept", "never issued", "eu-west-2", "kept"
logging.disable(logging.CRITICAL)
BEGUN = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()).encode()
behaviour = {"slow": 0.0, "break": 0}


def wrong(environ):
    """The code by which S3 refuses this request, or nothing."""
    query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
    given = query.pop("X-Amz-Signature", "")
    key, _, region, service, end = (query.get("X-Amz-Credential", "") + "////").split("/")[:5]
    if (key, service, end) != (KEY, "s3", "aws4_request"):
        return "InvalidAccessKeyId"
    if region != REGION:
        return "AuthorizationQueryParametersError"
    begun = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    age = (datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - begun).total_seconds()
    if not -60 < age < int(query["X-Amz-Expires"]):
        return "AccessDenied"
    auth = S3SigV4QueryAuth(Credentials(KEY, SECRET), "s3", REGION)
    text = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(query.items()))
    url = f"http://{environ['HTTP_HOST']}{quote(environ['PATH_INFO'], safe='/-_.~')}?{text}"
    request = AWSRequest(environ["REQUEST_METHOD"], url, headers={"host": environ["HTTP_HOST"]})
    request.context["timestamp"] = query["X-Amz-Date"]
    headers = auth.headers_to_sign(request)
    canonical = "\n".join([
        request.method, quote(environ["PATH_INFO"], safe="/-_.~"), text,
        auth.canonical_headers(headers) + "\n", auth.signed_headers(headers), "UNSIGNED-PAYLOAD",
    ])
    good = auth.signature(auth.string_to_sign(request, canonical), request)
    return None if hmac.compare_digest(given, good) else "SignatureDoesNotMatch"


def application(environ, start):
    time.sleep(behaviour["slow"])
    code = wrong(environ)
    if code:
        start("403 Forbidden" if code != "AuthorizationQueryParametersError" else "400 Bad Request", [])
        return [f"<Error><Code>{code}</Code></Error>".encode()]
    if "partNumber=" in environ["QUERY_STRING"] and behaviour["break"]:
        behaviour["break"] -= 1
        if not behaviour["break"]:
            environ["wsgi.input"].read(100_000)
            os._exit(1)
    # moto says of every upload that it was begun in 2010.
    return [part.replace(b"2010-11-10T20:48:33.000Z", BEGUN) for part in moto(environ, start)]


def obey():
    for line in sys.stdin:
        word, _, value = line.strip().partition(" ")
        if word == "list":
            bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET]
            names = sorted(bucket.keys.keys()) + [f"{one.key_name}~unfinished" for one in bucket.multiparts.values()]
            print(" ".join(names), flush=True)
        else:
            behaviour[word] = float(value) if word == "slow" else int(value)
    os._exit(0)


def tls(folder):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(pathlib.Path(folder) / "authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


moto = create_backend_app("s3")
port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
context = tls(sys.argv[2]) if len(sys.argv) > 2 else None
server = make_server("127.0.0.1", port, application, threaded=True, ssl_context=context)
s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(BUCKET, REGION)
print("ready", server.server_port, flush=True)
threading.Thread(target=obey, daemon=True).start()
server.serve_forever()
