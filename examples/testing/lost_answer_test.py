"""The control plane over plain HTTP, with Python's standard library. Run by: python3 -m unittest lost_answer_test.py"""

import hashlib
import hmac
import http.client
import json
import os
import re
import subprocess
import time
import unittest
import urllib.request
import uuid

PROGRAM = os.environ.get("COUNTERSIGN", "npx countersign").split()


def call(url, method, path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {**({} if data is None else {"content-type": "application/json"}), **(headers or {})}
    request = urllib.request.Request(url + path, data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


class Client:
    """One's own client: it sends again where no answer came."""

    def __init__(self, url, app, token, is_careful):
        self.url, self.app, self.token, self.is_careful = url, app, token, is_careful

    def send(self, method, path, body=None, key=None):
        text = "" if body is None else json.dumps(body)
        timestamp = str(int(time.time() * 1000))
        body_hash = hashlib.sha256(text.encode()).hexdigest() if text else ""
        base = f"{method}:{path}:{timestamp}:{body_hash}"
        headers = {
            "authorization": "Bearer " + self.token["accessToken"],
            "x-client-id": self.app["clientId"],
            "x-timestamp": timestamp,
            "x-signature": hmac.new(self.app["clientSecret"].encode(), base.encode(), hashlib.sha256).hexdigest(),
        }
        if key:
            headers["idempotency-key"] = key
        return call(self.url, method, "/partners" + path, body, headers)["data"]

    def create_order(self, number):
        def order():
            return {"customer": f"Order {number}", "email": f"order-{number}-{uuid.uuid4()}@acme.example"}

        body, key = order(), f"order-{number}" if self.is_careful else None
        try:
            return self.send("POST", "/customers", body, key)
        except (OSError, http.client.HTTPException):
            return self.send("POST", "/customers", body if self.is_careful else order(), key)


class LostAnswer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        command = [*PROGRAM, "dev", "--ephemeral", "--port", "0", "--rate-limit", "0"]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.url = re.search(r"http://\S+", cls.server.stdout.readline()).group()

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.communicate()

    def stored_orders(self, is_careful):
        team = call(self.url, "POST", "/_test/teams", {"name": "Orders"})["team"]
        app = call(self.url, "POST", "/_test/apps", {"name": "Shop"})["app"]
        names = {"clientId": app["clientId"], "team": team["uuid"]}
        client = Client(self.url, app, call(self.url, "POST", "/_test/tokens", names)["token"], is_careful)
        match = {"method": "POST", "path": "/partners/customers"}
        call(self.url, "POST", "/_test/faults", {"match": match, "do": {"cut": "after-commit"}})
        client.create_order(7)
        return client.send("GET", "/customers")["pagination"]["total"]

    def test_a_careless_client_doubles_an_order(self):
        self.assertEqual(self.stored_orders(is_careful=False), 2)

    def test_a_key_keeps_it_single(self):
        self.assertEqual(self.stored_orders(is_careful=True), 1)


if __name__ == "__main__":
    unittest.main()
