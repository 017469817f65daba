"""Calls every operation of the API with what its own document allows and with what it does not.

Usage: run.py PROGRAM SCHEMATHESIS. Makes a service with a made-up adviser, gives a program a token, registers two clients
through the API, and lets schemathesis loose on it for about a minute. What it finds ends the run with 1.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

SECONDS = int(os.environ.get("KEPT_TEST_API_SECONDS", "60"))


# A call without If-Match is refused with 428 (RFC 6585), one with an old one with 412, whatever else it holds.
REFUSED = """
[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "406", "415", "422", "428"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "415", "422", "428", "429"]
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def call(address, token, method, path, body=None):
    request = urllib.request.Request(address + path, method=method)
    request.add_header("Authorization", "Bearer " + token)
    request.add_header("Idempotency-Key", str(uuid.uuid4()))
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def client(address, token, name, phone):
    body = {"notice_given": "on-paper", "agreed": "in-words", "contact": {"name": name, "mobile_phone": phone}}
    return call(address, token, "POST", "/api/v1/clients", body)["id"]


def until_it_answers(address, served):
    for _ in range(200):
        if served.poll() is not None:
            sys.exit("the service ended")
        try:
            return urllib.request.urlopen(address + "/health", timeout=2).read()
        except OSError:
            time.sleep(0.1)
    sys.exit("the service does not answer")


def main(kept, schemathesis):
    with tempfile.TemporaryDirectory() as place:
        folder, port = os.path.join(place, "service"), free_port()
        config = os.path.join(folder, "kept.toml")
        address = f"http://127.0.0.1:{port}"

        def run(*words):
            return subprocess.run(
                [kept, *words], check=True, capture_output=True, text=True, env={**os.environ, "KEPT_CONFIG": config}
            ).stdout

        run("init", folder)
        with open(config) as file:
            text = file.read().replace("127.0.0.1:8080", f"127.0.0.1:{port}")
        with open(config, "w") as file:
            file.write(text)
        for role, name in [("administrator", "Made Up"), ("adviser", "Ruth Calderbank")]:
            run("user", "add", "--role", role, "--name", name, "--email", f"{role}@example.org")
        said = run(
            "token", "add", "--name", "Made-up program", "--role", "adviser", "--purpose", "support",
            "--for", "adviser@example.org", "--days", "1",
        )
        secret = lambda said: next(line.split()[1] for line in said.splitlines() if line.strip().startswith("Secret:"))
        token = secret(said)
        manager = secret(run("token", "add", "--name", "Reports", "--role", "manager", "--purpose", "support", "--days", "1"))
        tokens = json.loads(run("token", "list", "--json"))
        assert tokens[0]["state"] == "holds", tokens
        log = open(os.path.join(place, "log"), "w")
        served = subprocess.Popen([kept, "serve", "--config", config], stderr=log)
        try:
            until_it_answers(address, served)
            ids = [client(address, token, "Daniel Whitfield", "07700 900123")]
            ids.append(client(address, token, "Maria Lopes", "07700 900124"))
            meeting = {"kind": "phone", "note": "Rang.", "took_part": True}
            entry = call(address, token, "POST", f"/api/v1/clients/{ids[0]}/meetings", meeting)["id"]
            answers = {"direction": "out", "organisation": "Harbour Skills Centre", "told_by": "client", "reason": "Forklift licence"}
            referrals = f"/api/v1/clients/{ids[0]}/referrals"
            referral = call(address, token, "POST", referrals, {"answers": answers})["id"]
            assert call(address, token, "GET", f"{referrals}/{referral}")["stands"] == "sent"
            listed = call(address, token, "GET", "/api/v1/clients")
            assert {one["id"] for one in listed["items"]} == set(ids), listed
            # Made-up ids lead nowhere: what is tried is about a file that is there.
            settings = os.path.join(place, "schemathesis.toml")
            with open(settings, "w") as file:
                file.write(f'[parameters]\n"path.client" = "{ids[0]}"\n"path.entry" = "{entry}"\n')
                file.write(REFUSED)
                file.write(f'[[operations]]\ninclude-path-regex = "/referrals/"\n[operations.parameters]\n"path.entry" = "{referral}"\n')
            words = [
                schemathesis, "--config-file", settings, "run", f"{address}/api/v1/openapi.json",
                "--header", f"Authorization: Bearer {token}",
                "--max-examples", "25", "--max-time", str(SECONDS), "--seed", "20261126",
                "--rate-limit", "1000/m", "--request-timeout", "20", "--no-shrink",
                # What the rules of the service refuse (a time that is taken, a day in the past, a number that is none) the
                # document cannot tell: being refused is right.
                "--exclude-checks", "positive_data_acceptance",
            ]
            ended = subprocess.run(words, cwd=place, env={**os.environ, "NO_COLOR": "1"}).returncode
            # Figures are a manager's: the same once more, for them alone.
            words[words.index(f"Authorization: Bearer {token}")] = f"Authorization: Bearer {manager}"
            words[words.index("--max-time") + 1] = str(max(SECONDS // 4, 5))
            words += ["--include-path-regex", "/figures/"]
            counted = subprocess.run(words, cwd=place, env={**os.environ, "NO_COLOR": "1"}).returncode
            body = {"what": "starts", "by": ["age"], "from": "2026-01", "to": "2026-10"}
            assert call(address, manager, "POST", "/api/v1/figures/count", body)["table"]["lines"]
            if served.poll() is not None:
                sys.exit("the service ended while it was tested")
        finally:
            served.terminate()
            served.wait(timeout=30)
            log.close()
        with open(os.path.join(place, "log")) as file:
            said = file.read()
        for name in ["Daniel", "Whitfield", "07700"]:
            assert name not in said, "personal data in the log of the program"
        run("doctor")
        run("audit", "verify")
        sys.exit(ended or counted)


if __name__ == "__main__":
    main(*(os.path.abspath(path) for path in sys.argv[1:3]))
