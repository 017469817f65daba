"""Sends by the official client of GOV.UK Notify to the address given, for a test that compares what it says.

Usage: official_client.py ADDRESS KEY, and on the input one JSON array: the method's name, then its arguments by name.
"""

import json
import sys

from notifications_python_client import NotificationsAPIClient

method, arguments = json.load(sys.stdin)
client = NotificationsAPIClient(sys.argv[2], base_url=sys.argv[1])
print(json.dumps(getattr(client, method)(**arguments)))
